"""Figure 21: with batch normalisation an image depends on its batch-mates."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.data import images, minibatches
from tfgan_ref.layers.reference_normalization import (
    ReferenceBatchNormalization,
    VirtualBatchNormalization,
)
from tfgan_ref.models import dcgan
from tools.dev.tutorial_figures import style
from tools.dev.tutorial_figures.claims import claim

HEAD = "Figure 21, section 4.3: the same latents among other batch-mates"
SIZE = (9.0, 2.3)
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
    pictures, claims = {}, {}
    for name, normalization in NORMALIZATIONS.items():
        generator = _train(normalization, steps)
        batches = _draw(generator)
        pictures[name] = [batch[:SHOWN] for batch in batches]
        change = batches[0][:SHOWN] - batches[1][:SHOWN]
        if normalization is None:
            claims["batch"] = claim(
                "largest change of a pixel in [-1, 1]: " + name,
                np.abs(change).max(),
            )
        else:
            key = name.partition(" ")[0]
            claims[key] = claim(name, np.abs(change).max(), 0.0)
    return {"pictures": pictures, "claims": claims}


def _train(normalization, steps):
    data = images.load("digits", image_size=28)
    gan = dcgan.build(
        data.image_shape,
        latent_dim=_LATENT_DIM,
        width=16,
        kernel_size=4,
        normalization=normalization,
        reference_size=32,
    )
    gan.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.5),
        keras.optimizers.Adam(1e-3, beta_1=0.5),
    )
    if steps:
        stream = minibatches.stream(data, 32, seed=0)
        gan.fit(stream, steps_per_epoch=steps, shuffle=False, verbose=0)
    return gan.generator


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
        rows = [one, other, other - one]
        strips = [np.concatenate(list(row[..., 0]), 1) for row in rows]
        axis.imshow(
            np.concatenate(strips), cmap="gray", vmin=-1, vmax=1, aspect="equal"
        )
        size = one.shape[1]
        changed = np.abs(one - other).max() > 0
        color = style.ALARM if changed else style.MODEL
        axis.set_title(name, color=color, fontsize=10)
        axis.set_xticks([])
        axis.set_yticks(
            size * (np.arange(3) + 0.5), ["mates A", "mates B", "B - A"]
        )
        axis.tick_params(length=0)
        for spine in axis.spines.values():
            spine.set_visible(False)
        for i in (1, 2):
            axis.axhline(size * i - 0.5, color="white", lw=2)
    for axis in columns[1:]:
        axis.set_yticks([])
