"""Small DCGANs on scikit-learn's digits."""

import math

import keras

from tfgan_ref.data import images, minibatches
from tfgan_ref.models import dcgan

_STEPS = 20  # Of a call, at most.


def train(normalization, steps, *, latent_dim, width, reference_size):
    """A DCGAN after some steps on minibatches of 32.

    Args:
        normalization: as of `dcgan.build`, and so are those by name.
        steps: int >= 0.
        latent_dim: int.
        width: int.
        reference_size: int.
    """
    data = images.load("digits", image_size=28)
    gan = dcgan.build(
        data.image_shape,
        latent_dim=latent_dim,
        width=width,
        kernel_size=4,
        normalization=normalization,
        reference_size=reference_size,
    )
    gan.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.5),
        keras.optimizers.Adam(1e-3, beta_1=0.5),
        steps_per_execution=math.gcd(steps, _STEPS),
    )
    if steps:
        stream = minibatches.stream(data, 32, seed=0)
        gan.fit(stream, steps_per_epoch=steps, shuffle=False, verbose=0)
    return gan
