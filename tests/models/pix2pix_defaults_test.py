"""pix2pix as released, at 32 pixels: numbers and layers by hand."""

import numpy as np
from keras import layers

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.mask_priors import DropoutMask
from tfgan_ref.models import pix2pix
from tfgan_ref.models.paired import PairedGAN

HALVING = "kernel_size=(4, 4) strides=(2, 2) padding=same use_bias=False"
NORMALIZATION = "GroupNormalization N(1.0, 0.02) epsilon=1e-05"
LEAKY = "LeakyReLU negative_slope=0.2"


def convolution(maps, rest=HALVING):
    return f"Conv2D N(0.0, 0.02) filters={maps} {rest}"


def doubling(maps, rest=""):
    return f"Conv2DTranspose N(0.0, 0.02) filters={maps} {HALVING} {rest}"


def decoding(maps, side=None):
    """A layer of the decoder, with dropout where there is a side."""
    found = ["ReLU", doubling(maps).strip(), NORMALIZATION]
    if side:
        found += [
            f"mask_{side}: InputLayer",
            f"Reshape target_shape=({side}, {side}, {maps})",
            "Multiply",
        ]
    return [*found, "Concatenate"]


GENERATOR = [
    convolution(64),
    *(LEAKY, convolution(128), NORMALIZATION),
    *(LEAKY, convolution(256), NORMALIZATION),
    *(LEAKY, convolution(512), NORMALIZATION),
    *(LEAKY, convolution(512)),
    *decoding(512, 2),
    *decoding(256, 4),
    *decoding(128, 8),
    *decoding(64),
    *("ReLU", doubling(3, "activation=tanh")),
]
LAST = "kernel_size=(4, 4) padding=same use_bias=False"
DISCRIMINATOR = [
    "discriminator: pairs",
    *(convolution(64), LEAKY),
    *(convolution(128), NORMALIZATION, LEAKY),
    *(convolution(256), NORMALIZATION, LEAKY),
    *(convolution(512, LAST), NORMALIZATION, LEAKY),
    convolution(1, LAST),
    "logits: Reshape target_shape=(4, 4)",
]
PIXELS = "kernel_size=(1, 1) padding=same use_bias=False"
OF_PIXELS = [
    *("discriminator: pairs", convolution(64, PIXELS), LEAKY),
    *(convolution(128, PIXELS), NORMALIZATION, LEAKY),
    *(convolution(1, PIXELS), "logits: Reshape target_shape=(32, 32)"),
]


def test_what_is_not_given_is_as_released():
    weights = {"l1_weight": 100.0, "gan_weight": 1.0}
    assert defaults(PairedGAN) == weights
    assert defaults(pix2pix.build) == weights | {
        "receptive_field": 70,
        "width": 64,
        "dropout": 0.5,
        "ema_decay": 0.0,
        "seed": 0,
    }


def test_the_networks_layer_by_layer():
    examples = [np.zeros((2, 32, 32, n), np.float32) for n in (3, 1)]
    gan = pix2pix.build(examples)
    ends, *received = describe(gan.generator)
    assert ends == "generator: source, mask_2, mask_4, mask_8"
    assert sorted(received) == sorted(GENERATOR)  # Masks are in no order.
    assert describe(gan.discriminator) == DISCRIMINATOR
    for network in (gan.generator, gan.discriminator):
        for layer in network.layers:
            if isinstance(layer, layers.GroupNormalization):
                assert layer.groups == layer.input.shape[-1]
    assert gan.prior == priors.Product(
        mask_2=DropoutMask(4 * 512, 0.5),
        mask_4=DropoutMask(16 * 256, 0.5),
        mask_8=DropoutMask(64 * 128, 0.5),
    )


def test_patches_of_one_pixel():
    network = pix2pix.discriminator((32, 32, 4), 1)
    assert describe(network) == OF_PIXELS
