"""The GAN that Goodfellow et al. trained on MNIST in 2014, as released.

Reference:
    Goodfellow et al. (2014), Generative Adversarial Networks, section 5,
    https://arxiv.org/abs/1406.2661; code goodfeli/adversarial, mnist.yaml.
"""

import math

import keras
import numpy as np
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.gan import GAN
from tfgan_ref.models import perceptron

_SIDE = math.sqrt(3.0)  # U(-side, side) has variance 1.
_NEAREST = 1e-7  # Of a mean to 0 and 1.


def build(image_shape, *, means=None, latent_dim=100, ema_decay=0.0, seed=0):
    """Returns the GAN; compile it with `RisingMomentum`.

    Both players take steps of .1 at once, by the same pass of the
    discriminator with its dropout. Its cost was half of eq. (8), and is the
    whole one here, so that its step is .05:

        gan = build((28, 28, 1), means=data.images.mean(0) / 255)
        gan.compile(RisingMomentum(0.1), RisingMomentum(0.05))

    Args:
        image_shape: `(height, width, channels)`.
        means: float `image_shape` in [0, 1], mean of each value of the data,
            with which samples begin; None: 0.5.
        latent_dim: int >= 1, length of z, which is uniform of variance 1.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights, the latents and the dropout.

    Returns:
        `GAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(latent_dim=latent_dim)
    keras.utils.set_random_seed(seed)
    return GAN(
        generator(image_shape, latent_dim, means),
        perceptron.discriminator(image_shape, initial=_uniform(0.005)),
        prior=priors.Uniform(latent_dim, -_SIDE, _SIDE),
        ema_decay=ema_decay,
        seed=seed,
        name="original",
    )


def generator(image_shape, latent_dim=100, means=None):
    """Latents `[batch, latent_dim]` -> images `[batch, *image_shape]`.

    Two layers of 1,200 rectified linear units, and a sigmoid.
    """
    z = x = keras.Input((latent_dim,), name="latents")
    initial = _uniform(0.05)
    for _ in range(2):
        x = layers.Dense(1200, "relu", kernel_initializer=initial())(x)
    pixels = layers.Dense(
        math.prod(image_shape),
        "sigmoid",
        kernel_initializer=initial(),
        dtype="float32",
    )
    x = layers.Reshape(image_shape, dtype="float32")(pixels(x))
    # From the sigmoid's [0, 1] to the range of all images here.
    images = layers.Rescaling(2.0, -1.0, dtype="float32", name="images")(x)
    if means is not None:
        near = np.clip(np.ravel(means), _NEAREST, 1.0 - _NEAREST)
        pixels.bias.assign(np.log(near) - np.log1p(-near))
    return keras.Model(z, images, name="generator")


def _uniform(side):
    return lambda: keras.initializers.RandomUniform(-side, side)
