"""WGAN with weight clipping, and WGAN-GP: the networks.

References:
    Arjovsky, Chintala, Bottou (2017), Wasserstein GAN,
    https://arxiv.org/abs/1701.07875
    Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017), Improved Training
    of Wasserstein GANs, https://arxiv.org/abs/1704.00028
"""

from __future__ import annotations

import keras
from keras import layers

from tfgan_ref import latents
from tfgan_ref.models import dcgan, toy
from tfgan_ref.models.wasserstein import ClippedGAN, PenalizedGAN

_HIDDEN = 3


def build(
    image_shape,
    *,
    clip=None,
    penalty_weight=10.0,
    latent_dim=100,
    width=64,
    kernel_size=5,
    ema_decay=0.0,
    seed=0,
):
    """Returns a Wasserstein GAN of images, with DCGAN's networks.

    z ~ N(0, I), minibatches of 64. With the penalty compile it with Adam(1e-4,
    beta_1=0, beta_2=0.9); with `clip` with RMSprop(5e-5). The critic is DCGAN's
    discriminator, with the penalty without batch normalisation.

    Deviations: both papers' images have 64 pixels (WGAN), or residual networks
    (WGAN-GP, CIFAR-10); WGAN-GP has 128 latents.

    Args:
        image_shape: as for `dcgan.build`.
        clip: float > 0, weight clipping to +-clip, the paper's 0.01; None: the
            penalty.
        penalty_weight: float >= 0, lambda; without effect on clipping.
        latent_dim: as for `dcgan.build`, and so are those that follow.
        width: int.
        kernel_size: int.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int.

    Returns:
        `ClippedGAN` or `PenalizedGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    dcgan.check_at_least(1, latent_dim=latent_dim, width=width)
    dcgan.check_at_least(2, kernel_size=kernel_size)
    keras.utils.set_random_seed(seed)
    return _game(
        dcgan.generator(image_shape, latent_dim, width, kernel_size),
        dcgan.discriminator(
            image_shape, width, kernel_size, normalized=clip is not None
        ),
        clip,
        penalty_weight,
        ema_decay=ema_decay,
        seed=seed,
    )


def build_toy(
    dimensions,
    *,
    clip=None,
    penalty_weight=0.1,
    latent_dim=2,
    units=512,
    ema_decay=0.0,
    seed=0,
):
    """Returns a Wasserstein GAN of points, as WGAN-GP released it.

    z ~ N(0, I)^2, minibatches of 256; three hidden layers of ReLU in both
    networks. Compile it as `build` says. Deviation: the released script has
    beta_1 = 0.5, the paper 0.

    Args:
        dimensions: int >= 1, of a point.
        clip: as for `build`, and so is the next.
        penalty_weight: float.
        latent_dim: int >= 1, length of z.
        units: int >= 1, of each hidden layer.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `ClippedGAN` or `PenalizedGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    toy.check_sizes(dimensions=dimensions, latent_dim=latent_dim, units=units)
    keras.utils.set_random_seed(seed)
    return _game(
        generator(dimensions, latent_dim, units),
        critic(dimensions, units),
        clip,
        penalty_weight,
        ema_decay=ema_decay,
        seed=seed,
    )


def generator(dimensions, latent_dim=2, units=512):
    """Latents `[batch, latent_dim]` -> points `[batch, dimensions]`."""
    z = keras.Input((latent_dim,), name="latents")
    points = layers.Dense(dimensions, dtype="float32", name="points")(
        _hidden(z, units)
    )
    return keras.Model(z, points, name="generator")


def critic(dimensions, units=512):
    """Points `[batch, dimensions]` -> values `[batch]`."""
    points = keras.Input((dimensions,), name="points")
    return keras.Model(
        points, toy.logits(_hidden(points, units)), name="discriminator"
    )


def _hidden(x, units):
    for _ in range(_HIDDEN):
        x = layers.Dense(units, kernel_initializer="he_uniform")(x)
        x = layers.ReLU()(x)
    return x


def _game(generator, critic, clip, penalty_weight, **kwargs):
    kwargs |= {"prior": latents.normal, "name": "wgan"}
    if clip is not None:
        return ClippedGAN(generator, critic, clip=clip, **kwargs)
    return PenalizedGAN(
        generator, critic, penalty_weight=penalty_weight, **kwargs
    )
