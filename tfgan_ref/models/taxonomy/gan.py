"""A GAN, the library's own, with the interface of the other families.

Reference:
    Goodfellow et al. (2014), Generative Adversarial Networks,
    https://arxiv.org/abs/1406.2661
"""

from __future__ import annotations

import keras
import tensorflow as tf

from tfgan_ref import priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers import noise
from tfgan_ref.models import toy
from tfgan_ref.models.taxonomy.family import NONE
from tfgan_ref.models.taxonomy.perceptron import UNITS, stacked

_DROPOUT = 0.3


class Adversarial:
    """Samples in one pass of the generator; there is no density.

    Args:
        gan: compiled `GAN` of rows of numbers.
    """

    density = NONE
    evaluations = 1

    def __init__(self, gan):
        self.gan = gan
        self._drawn = tf.function(self._draw)
        self.parameters = sum(x.count_params() for x in gan.networks.values())

    def fit(self, minibatches, *, steps_per_epoch, verbose=0, **how):
        """Makes so many steps, each of `minibatches_per_step` minibatches."""
        self.gan.fit(
            minibatches,
            steps_per_epoch=steps_per_epoch,
            verbose=verbose,
            shuffle=False,
            **how,
        )

    def sample(self, count, seed):
        """float32 `[count, dimensions]`, of the averaged generator if any."""
        return self._drawn(count, tf.constant([seed, 0], tf.int64)).numpy()

    def _draw(self, count, seed):
        return self.gan.sampler(self.gan.prior.draw(count, seed))

    def log_density(self, examples):
        """None: it has none."""
        return None


def build(
    dimensions,
    latent_dim=10,
    units=UNITS,
    *,
    last=None,
    ema_decay=0.0,
    seed=0,
):
    """Returns a GAN of perceptrons, z ~ N(0, I); not compiled.

    The generator has batch normalisation, the discriminator dropout,
    without which nearly all samples of MNIST at 14 pixels were the digit 1.

    Args:
        dimensions: int.
        latent_dim: int, length of z.
        units: int, of the hidden layers.
        last: activation of the generator's last layer; None: it is linear.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the latents.
    """
    return GAN(
        _generator(dimensions, latent_dim, units, last),
        _discriminator(dimensions, units),
        prior=priors.Normal(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
    )


def _generator(dimensions, latent_dim, units, last):
    """Latents -> examples, with batch normalisation."""
    x = z = keras.Input((latent_dim,))
    for _ in range(2):
        x = toy.hidden(x, units)
    made = keras.layers.Dense(dimensions, last, dtype="float32")(x)
    return keras.Model(z, made)


def _discriminator(dimensions, units):
    """Examples -> logits, with dropout, as in the first paper."""
    x = examples = keras.Input((dimensions,))
    for _ in range(2):
        x = noise.Dropout(_DROPOUT)(stacked(x, units, 1))
    return keras.Model(examples, toy.logits(x))
