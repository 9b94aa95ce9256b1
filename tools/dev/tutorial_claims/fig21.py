"""Figure 21: with batch normalisation an image depends on its batch-mates."""

import numpy as np
import tensorflow as tf

from tfgan_ref.layers.reference_normalization import (
    ReferenceBatchNormalization,
    VirtualBatchNormalization,
)
from tools.dev.tutorial import digits, style
from tools.dev.tutorial.numbers import claimed, number
from tools.dev.tutorial.row import Row

HEAD = "Figure 21, section 4.3: the same latents among other batch-mates"
SIZE = (9.0, 2.3)
_LAYERS = "tfgan_ref/layers/reference_normalization.py::"
_NORMALIZATION = "tests/claims/batch_normalization_test.py::"
ROWS = (
    Row(
        "4.3",
        "figure 21",
        "With batch normalisation an image depends on its batch-mates, more "
        "than on its latents where minibatches are small; with reference or "
        "virtual batch normalisation it does not",
        (
            _LAYERS + "ReferenceBatchNormalization",
            _LAYERS + "VirtualBatchNormalization",
        ),
        (
            _NORMALIZATION + "test_with_batch_normalisation_an_image_depends_"
            "on_its_batch_mates",
            _NORMALIZATION + "test_with_a_reference_batch_it_does_not_to_the_"
            "last_bit",
            _NORMALIZATION + "test_figure_21_changes_the_mates_of_the_same_"
            "latents",
        ),
        against="shown here with mates that were chosen to be far apart",
    ),
)
STEPS = 400
NORMALIZATIONS = {
    "batch norm": None,
    "reference batch norm": ReferenceBatchNormalization,
    "virtual batch norm": VirtualBatchNormalization,
}
BATCH_SIZE = 32
SHOWN = 5
_LATENT_DIM = 20


def compute(steps=STEPS):
    """Trains a small DCGAN of each kind and changes an image's mates.

    Args:
        steps: int, of training on scikit-learn's digits.
    """
    pictures, numbers = {}, {}
    for name, normalization in NORMALIZATIONS.items():
        gan = digits.train(
            normalization,
            steps,
            latent_dim=_LATENT_DIM,
            width=16,
            reference_size=BATCH_SIZE,
        )
        batches = _draw(gan.generator)
        pictures[name] = [batch[:SHOWN] for batch in batches]
        change = batches[0][:SHOWN] - batches[1][:SHOWN]
        if normalization is None:
            numbers["batch"] = number(
                "largest change of a pixel in [-1, 1]: " + name,
                np.abs(change).max(),
            )
        else:
            key = name.partition(" ")[0]
            numbers[key] = number(
                name, np.abs(change).max(), 0.0, claimed("4.3")
            )
    return {"pictures": pictures, "numbers": numbers}


def _draw(generator):
    """Images of two minibatches whose first latents are the same.

    The others are all near one point, another one in each minibatch, so that
    the minibatch's statistics are far apart.
    """
    rng = np.random.default_rng(3)
    first = rng.uniform(-1, 1, (SHOWN, _LATENT_DIM))
    batches = []
    for sign in (-1, 1):
        noise = rng.uniform(-0.1, 0.1, (BATCH_SIZE - SHOWN, _LATENT_DIM))
        mates = sign * np.linspace(-0.9, 0.9, _LATENT_DIM) + noise
        latents = tf.constant(np.concatenate([first, mates]), tf.float32)
        # The mode of training, in which figure 21 was drawn.
        batches.append(generator(latents, training=True).numpy())
    return batches


def draw(figure, computed):
    """Each kind's images among either mates, and their difference."""
    pictures = computed["pictures"]
    columns = figure.subplots(1, len(pictures))
    for axis, (name, (one, other)) in zip(
        columns, pictures.items(), strict=True
    ):
        style.strips(
            axis, [one, other, other - one], ["mates A", "mates B", "B - A"]
        )
        changed = np.abs(one - other).max() > 0
        color = style.ALARM if changed else style.MODEL
        axis.set_title(name, color=color, fontsize=10)
    for axis in columns[1:]:
        axis.set_yticks([])
