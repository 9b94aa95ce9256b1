"""Multilayer perceptrons for points of one or two dimensions.

References:
    Lin, Khetan, Fanti, Oh (2018), PacGAN: The power of two samples in
    generative adversarial networks, https://arxiv.org/abs/1712.04086
    Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled Generative Adversarial
    Networks, https://arxiv.org/abs/1611.02163
"""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers.maxout import Maxout

_HIDDEN_OF_GENERATOR = 4
_HIDDEN_OF_DISCRIMINATOR = 3
_UNITS = 128  # Of unrolled GAN.


def build(
    dimensions,
    *,
    latent_dim=2,
    generator_units=400,
    discriminator_units=200,
    make_minibatch_features=None,
    ema_decay=0.0,
    seed=0,
):
    """Returns PacGAN's plain GAN; compile it with Adam(1e-4, beta_1=0.8).

    As released: z ~ N(0, I)^2 and minibatches of 100; the generator has four
    hidden layers with batch normalisation and ReLU, the discriminator three
    maxout layers of five pieces. Weights from N(0, 0.02).

    Args:
        dimensions: int >= 1, of a point.
        latent_dim: int >= 1, length of z.
        generator_units: int >= 1, of each hidden layer.
        discriminator_units: int >= 1, of each maxout layer.
        make_minibatch_features: function without arguments -> layer, which
            goes before the last; None: none.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `GAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(
        dimensions=dimensions,
        latent_dim=latent_dim,
        generator_units=generator_units,
        discriminator_units=discriminator_units,
    )
    keras.utils.set_random_seed(seed)
    return GAN(
        generator(dimensions, latent_dim, generator_units),
        discriminator(dimensions, discriminator_units, make_minibatch_features),
        prior=priors.Normal(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
        name="toy",
    )


def build_of_unrolled(dimensions, *, latent_dim=256, ema_decay=0.0, seed=0):
    """Returns the plain GAN that unrolled GAN's paper compares with.

    Compile it with Adam(1e-4, beta_1=0.5), in turn, and train it on minibatches
    of 512. With the minimax cost it is `unrolled.build_of_paper` at K = 0.

    Args:
        dimensions: int >= 1, of a point.
        latent_dim: int >= 1, length of z.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `GAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(dimensions=dimensions, latent_dim=latent_dim)
    keras.utils.set_random_seed(seed)
    return GAN(
        *perceptrons_of_paper(dimensions, latent_dim),
        prior=priors.Normal(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
        name="toy",
    )


def generator(dimensions, latent_dim=2, units=400):
    """Latents `[batch, latent_dim]` -> points `[batch, dimensions]`."""
    z = keras.Input((latent_dim,), name="latents")
    x = z
    for _ in range(_HIDDEN_OF_GENERATOR):
        x = hidden(x, units)
    points = layers.Dense(
        dimensions, kernel_initializer=_normal(), dtype="float32", name="points"
    )(x)
    return keras.Model(z, points, name="generator")


def hidden(x, units):
    """A layer of PacGAN's generator, with batch normalisation and ReLU."""
    x = layers.Dense(units, kernel_initializer=_normal())(x)
    x = layers.BatchNormalization(
        momentum=0.9,
        synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
    )(x)
    return layers.ReLU()(x)


def discriminator(dimensions, units=200, make_minibatch_features=None):
    """Points `[batch, dimensions]` -> logits `[batch]`."""
    points = keras.Input((dimensions,), name="points")
    x = maxout(points, units)
    if make_minibatch_features is not None:
        x = make_minibatch_features()(x)
    return keras.Model(points, logits(x, _normal()), name="discriminator")


def maxout(x, units):
    """The hidden layers of PacGAN's discriminator."""
    for _ in range(_HIDDEN_OF_DISCRIMINATOR):
        x = Maxout(units, kernel_initializer=_normal())(x)
    return x


def perceptrons(dimensions, latent_dim):
    """The networks that were released for unrolled GAN.

    Two layers of 128 tanh each; weights are orthogonal with gain 1.4.

    Args:
        dimensions: int >= 1, of a point.
        latent_dim: int >= 1, length of z.

    Returns:
        Generator, latents -> points; discriminator, points -> logits.
    """
    return (
        _perceptron("generator", latent_dim, dimensions, "tanh", 1.4),
        _perceptron("discriminator", dimensions, None, "tanh", 1.4),
    )


def perceptrons_of_paper(dimensions, latent_dim):
    """Those of its paper's appendix A.

    The generator has two layers of 128 ReLU; the discriminator, of a fourth of
    the point, one. Weights are orthogonal with gain 0.8. Arguments and what is
    returned are as of `perceptrons`.
    """
    return (
        _perceptron("generator", latent_dim, dimensions, "relu", 0.8),
        _perceptron(
            "discriminator", dimensions, None, "relu", 0.8, hidden=1, scale=0.25
        ),
    )


def _perceptron(name, inputs, outputs, activation, gain, hidden=2, scale=1.0):
    """`[batch, inputs]` -> `[batch, outputs]`, or logits `[batch]`."""

    def weights():
        return keras.initializers.Orthogonal(gain)

    x = given = keras.Input((inputs,), name="inputs")
    if scale != 1.0:
        x = layers.Rescaling(scale)(x)
    for _ in range(hidden):
        x = layers.Dense(_UNITS, activation, kernel_initializer=weights())(x)
    if outputs is None:
        x = logits(x, weights())
    else:
        x = layers.Dense(
            outputs, kernel_initializer=weights(), dtype="float32"
        )(x)
    return keras.Model(given, x, name=name)


def logits(x, initializer="glorot_uniform"):
    """Features `[batch, features]` -> logits `[batch]`, float32."""
    x = layers.Dense(1, kernel_initializer=initializer, dtype="float32")(x)
    return layers.Reshape((), dtype="float32", name="logits")(x)


def _normal():
    return keras.initializers.RandomNormal(stddev=0.02)
