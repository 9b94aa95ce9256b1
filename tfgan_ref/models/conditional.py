"""Conditional GANs: samples of a class that is asked for, of three kinds.

On DCGAN's trunk, so that they differ in how the networks come to know the
class: by concatenation here, in acgan.py and in projection.py as said there.

Reference:
    Mirza, Osindero (2014), Conditional Generative Adversarial Nets,
    https://arxiv.org/abs/1411.1784
"""

import math

import keras
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import acgan, dcgan, projection
from tfgan_ref.models.conditional_game import ConditionalGAN, labelled


def build(
    image_shape,
    classes,
    *,
    kind="concat",
    latent_dim=100,
    width=64,
    seed=0,
    **kwargs,
):
    """Returns a conditional GAN; compile it with Adam(2e-4, beta_1=0.5).

    Of concatenation (Mirza and Osindero): z and the one-hot class are joined,
    and so are the image and a plane of each class. Deviations: DCGAN's
    networks, where the paper has perceptrons with maxout and dropout;
    z ~ U(-1, 1), not U(0, 1); no hidden layer for the label alone.

    Args:
        image_shape: as for `dcgan.build`, and so are latent_dim and width.
        classes: int >= 2.
        kind: of `KINDS`.
        latent_dim: int.
        width: int.
        seed: int.
        **kwargs: of `GAN`.

    Returns:
        `ConditionalGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(1, latent_dim=latent_dim, width=width)
    checks.at_least(2, classes=classes)
    if kind not in KINDS:
        raise UserError(
            f"`kind` must be one of {', '.join(KINDS)}. Received: {kind}"
        )
    game, make_generator, make_discriminator = KINDS[kind]
    keras.utils.set_random_seed(seed)
    generator = make_generator(image_shape, classes, latent_dim, width)
    discriminator = make_discriminator(image_shape, classes, width)
    kwargs |= {"prior": priors.Uniform(latent_dim), "seed": seed}
    return game(generator, discriminator, **kwargs)


def generator(image_shape, classes, latent_dim, width):
    """Latents and labels -> images: DCGAN's, of z and the one-hot class."""
    z = keras.Input((latent_dim,), name="latents")
    labels, rows = labelled(classes)
    x = layers.Concatenate()([z, rows])
    x = dcgan.generator(image_shape, latent_dim + classes, width)(x)
    return keras.Model({"latents": z, "labels": labels}, x, name="generator")


def discriminator(image_shape, classes, width):
    """Images and labels -> logits: DCGAN's, with a plane of each class."""
    images = keras.Input(image_shape, name="images")
    labels, rows = labelled(classes)
    *size, channels = image_shape
    planes = layers.RepeatVector(math.prod(size))(rows)
    planes = layers.Reshape((*size, classes))(planes)
    x = layers.Concatenate()([images, planes])
    x = dcgan.discriminator((*size, channels + classes), width)(x)
    given = {"images": images, "labels": labels}
    return keras.Model(given, x, name="discriminator")


# The game, and what makes its generator and its discriminator.
KINDS = {
    "concat": (ConditionalGAN, generator, discriminator),
    "acgan": (
        acgan.AuxiliaryClassifierGAN,
        generator,
        acgan.discriminator,
    ),
    "projection": (
        projection.ProjectionGAN,
        projection.generator,
        projection.discriminator,
    ),
}
