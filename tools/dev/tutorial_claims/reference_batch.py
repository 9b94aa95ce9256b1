"""Section 4.3: a generator overfits its reference batch."""

import numpy as np
import tensorflow as tf

from tfgan_ref.layers.reference_normalization import (
    PrependReference,
    ReferenceBatchNormalization,
    VirtualBatchNormalization,
)
from tools.dev.tutorial import digits, style
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

HEAD = (
    "Section 4.3: the same latents with the reference batch of the training, "
    "and with others"
)
SIZE = (9.0, 1.9)
_LAYERS = "tfgan_ref/layers/reference_normalization.py::"
_TESTS = "tests/claims/reference_batch_test.py::"
ROWS = (
    Row(
        "4.3",
        "reference batch",
        "With reference batch normalisation the model can overfit the "
        "reference batch; virtual batch normalisation, whose statistics are "
        "those of the example and the reference batch together, reduces it",
        (
            _LAYERS + "ReferenceBatchNormalization",
            _LAYERS + "VirtualBatchNormalization",
        ),
        (
            _TESTS + "test_an_untrained_generator_prefers_no_reference_batch",
            _TESTS + "test_training_makes_it_prefer_its_own",
        ),
        against="of four examples; virtual batch normalisation overfits too",
    ),
)
NORMALIZATIONS = {
    "reference": ReferenceBatchNormalization,
    "virtual": VirtualBatchNormalization,
}
SHOWN = 5
_REFERENCES = 20
_SAMPLES = 256
_LATENT_DIM = 20


def compute(steps=300, size=4):
    """Trains a small DCGAN of each kind, and exchanges its reference batch.

    Args:
        steps: int, of training on scikit-learn's digits.
        size: int, of the reference batch.
    """
    pictures, numbers = {}, dict[str, dict]()
    for name, normalization in NORMALIZATIONS.items():
        gan = train(normalization, steps, size)
        shown, own, others = exchange(gan)
        pictures[f"{name} batch norm"] = shown
        numbers |= {
            f"{name}_own": number(
                f"{name} batch norm, D's mean logit with its own batch", own
            ),
            f"{name}_others": number(
                f"with {_REFERENCES} others, mean", np.mean(others)
            ),
            f"{name}_best": number("the best of them", np.max(others)),
        }
    return {"pictures": pictures, "numbers": numbers}


def train(normalization, steps, size=4):
    """A small DCGAN on scikit-learn's digits; arguments as of `compute`."""
    return digits.train(
        normalization,
        steps,
        latent_dim=_LATENT_DIM,
        width=8,
        reference_size=size,
    )


def exchange(gan):
    """Draws with the reference batch there is and with others of the prior.

    Args:
        gan: of a generator that has one, which it keeps.

    Returns:
        Two minibatches of images, one of either; the discriminator's mean
        logit with its own, float; and with each of the others, a list.
    """
    (layer,) = [
        layer
        for layer in gan.generator.layers
        if isinstance(layer, PrependReference)
    ]
    own = layer.reference.numpy()
    rng = np.random.default_rng(0)
    latents = tf.constant(
        rng.uniform(-1, 1, (_SAMPLES, own.shape[1])), tf.float32
    )
    found = []
    for reference in [own, *rng.uniform(-1, 1, (_REFERENCES, *own.shape))]:
        layer.reference.assign(reference)
        drawn = gan.generator(latents, training=False)
        logits = gan.discriminator(drawn, training=False)
        found.append((drawn[:SHOWN].numpy(), float(tf.reduce_mean(logits))))
    layer.reference.assign(own)
    (first, logit), (other, _), *_ = found
    return (first, other), logit, [logit for _, logit in found[1:]]


def draw(figure, computed):
    """Each kind's images with its own batch and with another."""
    pictures = computed["pictures"]
    columns = figure.subplots(1, len(pictures))
    for axis, (name, rows) in zip(columns, pictures.items(), strict=True):
        style.strips(axis, rows, ["own batch", "another"])
        axis.set_title(name, fontsize=10)
