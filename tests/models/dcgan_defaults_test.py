"""DCGAN as published: numbers, names and limits by hand."""

import keras
import pytest

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.reference_normalization import VirtualBatchNormalization
from tfgan_ref.models import dcgan

CONVOLUTION = "N(0.0, 0.02) filters={} kernel_size=(4, 4) strides=(2, 2)"
CONVOLUTION += " padding=same"
NORMALIZATION = "BatchNormalization N(1.0, 0.02) momentum=0.9 epsilon=1e-05"
LEAKY = "LeakyReLU negative_slope=0.2"

GENERATOR = [
    "generator: latents",
    "Dense N(0.0, 0.02) units=196 use_bias=False",
    "Reshape target_shape=(7, 7, 4)",
    *[NORMALIZATION, "ReLU"],
    f"Conv2DTranspose {CONVOLUTION.format(2)} use_bias=False",
    *[NORMALIZATION, "ReLU"],
    f"Conv2DTranspose {CONVOLUTION.format(3)}",
    "images: Activation float32 activation=tanh",
]


def discriminator(*middle):
    return [
        "discriminator: images",
        *[f"Conv2D {CONVOLUTION.format(2)}", LEAKY],
        *middle,
        LEAKY,
        "Flatten",
        "Dense N(0.0, 0.02) float32 units=1",
        "logits: Reshape float32 target_shape=()",
    ]


def test_what_is_not_given_is_as_published():
    both = {"width": 64, "kernel_size": 5}
    assert defaults(dcgan.build) == both | {
        "latent_dim": 100,
        "prior": priors.Uniform,
        "normalization": None,
        "reference_size": 64,
        "ema_decay": 0.0,
        "seed": 0,
    }
    assert defaults(dcgan.generator) == both | {
        "latent_dim": 100,
        "normalization": None,
        "reference_latents": None,
    }
    assert defaults(dcgan.discriminator) == both | {"normalized": True}
    assert dcgan.IMAGE_SIZES == (28, 32, 64, 128)


def test_the_networks_layer_by_layer():
    keras.config.set_dtype_policy("mixed_bfloat16")
    shape = (28, 28, 3)
    assert describe(dcgan.generator(shape, 5, 2, 4)) == GENERATOR
    convolution = f"Conv2D {CONVOLUTION.format(4)}"
    assert describe(dcgan.discriminator(shape, 2, 4)) == discriminator(
        f"{convolution} use_bias=False", NORMALIZATION
    )
    assert describe(
        dcgan.discriminator(shape, 2, 4, normalized=False)
    ) == discriminator(convolution)


def test_a_gan_is_what_it_was_asked_to_be():
    gan = dcgan.build(
        (28, 28, 1),
        latent_dim=1,
        width=1,
        kernel_size=2,
        prior=priors.Normal,
        normalization=VirtualBatchNormalization,
        reference_size=2,
        ema_decay=0.25,
        seed=7,
    )
    assert (gan.name, gan.seed, gan.averages["generator"]) == ("dcgan", 7, 0.25)
    assert type(gan.prior) is priors.Normal
    kernel = gan.discriminator.trainable_variables[0]
    assert kernel.shape == (2, 2, 1, 1)


@pytest.mark.parametrize("shape", [(28, 28, 2), (28, 28, 4), (29, 29, 1)])
def test_neighbours_of_what_there_is_are_refused(shape):
    with pytest.raises(UserError, match="Received: image_shape="):
        dcgan.generator(shape)


def test_a_discriminator_may_see_planes_behind_the_image():
    assert dcgan.discriminator((28, 28, 4), 1).input_shape == (None, 28, 28, 4)
    with pytest.raises(UserError, match="Received: image_shape="):
        dcgan.discriminator((29, 29, 1))
