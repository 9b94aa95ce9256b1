"""How much arithmetic a step is."""

import keras
import pytest
from keras import layers

from tests.passes import passes_of
from tfgan_ref import flop, priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers.reference_normalization import (
    PrependReference,
    RemoveReference,
    VirtualBatchNormalization,
)
from tfgan_ref.models import dcgan


def network(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def compiled(gan, **protocol):
    gan.compile(keras.optimizers.SGD(), keras.optimizers.SGD(), **protocol)
    return gan


def test_a_dense_layer_is_two_per_weight_and_its_biases():
    dense = network((7,), layers.Dense(5))
    assert flop.forward_flop(dense, 1) == 2 * 7 * 5 + 5
    assert flop.forward_flop(dense, 3) == 3 * (2 * 7 * 5 + 5)


def test_a_strided_convolution_is_two_per_weight_and_output_pixel():
    layer = layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False)
    pixels = 4 * 3  # Of 8x6.
    assert flop.forward_flop(network((8, 6, 2), layer), 1) == (
        2 * (3 * 3 * 2 * 5) * pixels
    )


def test_a_transposed_convolution_is_two_per_weight_and_input_pixel():
    layer = layers.Conv2DTranspose(
        5, 3, strides=2, padding="same", use_bias=False
    )
    pixels = 4 * 6
    assert flop.forward_flop(network((4, 6, 2), layer), 1) == (
        2 * (3 * 3 * 2 * 5) * pixels
    )


def test_the_cost_is_that_of_inference_mode():
    norm = network((6,), layers.BatchNormalization())
    # (x - mean) * scale + shift over 6 features, and 1 / sqrt(variance + eps).
    assert flop.forward_flop(norm, 1) < 10 * 6


def test_a_reference_batch_is_counted_once_per_pass():
    reference, batch = 3, 5
    net = network(
        (7,),
        PrependReference((reference, 7)),
        layers.Dense(4, use_bias=False),
        RemoveReference(reference),
        layers.Dense(2, use_bias=False),
    )
    assert flop.forward_flop(net, batch) == (
        2 * 7 * 4 * (reference + batch) + 2 * 4 * 2 * batch
    )


def test_a_dcgan_with_a_reference_is_that_of_the_joint_batch():
    def generator(**reference):
        return dcgan.generator((32, 32, 1), 100, 64, 4, **reference)

    virtual = generator(
        normalization=VirtualBatchNormalization,
        reference_latents=priors.Uniform(100).draw(6, [0, 0]),
    )
    # The last layer, 2 * 16 * 64 * 1 * 256, leaves the reference out.
    joint = flop.forward_flop(generator(), 10) - 6 * 2 * 16 * 64 * 256
    assert flop.forward_flop(virtual, 4) == pytest.approx(joint, rel=0.01)


def test_dcgan_at_32_pixels_is_about_35_and_34_million():
    # Convolutions of 4x4 alone: 2 * 16 * (64 pixels of 128 * 256
    # + 256 * 64 * 128 + 1 * 64 pixels of the image's 32x32 / 4), and the
    # projection of 100 latents to 4x4x256.
    convolutions = 2 * 16 * (256 * 128 * 16 + 128 * 64 * 64 + 64 * 1 * 256)
    generator = convolutions + 2 * 100 * 4096
    discriminator = convolutions + 2 * 4096
    g = flop.forward_flop(dcgan.generator((32, 32, 1), 100, 64, 4), 1)
    d = flop.forward_flop(dcgan.discriminator((32, 32, 1), 64, 4), 1)
    assert g == pytest.approx(generator, rel=0.01)
    assert d == pytest.approx(discriminator, rel=0.01)
    assert g == pytest.approx(35e6, rel=0.02)
    assert d == pytest.approx(34e6, rel=0.02)


@pytest.mark.parametrize(
    ("protocol", "generators", "discriminators"),
    [
        ({}, 3, 7),
        # Two more discriminator updates: each a sample's forward pass, and
        # forward, weights and input for real and fake.
        ({"discriminator_steps": 3}, 3 + 2 * 1, 7 + 2 * 6),
        # The generator's update needs no gradient of the discriminator's
        # weights: forward and input.
        ({"simultaneous": False}, 1 + 3, 6 + 2),
        (
            {"simultaneous": False, "discriminator_steps": 3},
            3 * 1 + 3,
            3 * 6 + 2,
        ),
    ],
)
def test_a_step_counts_its_passes(protocol, generators, discriminators):
    gan = compiled(
        GAN(
            network((2,), layers.Dense(3, use_bias=False)),  # 12 FLOP.
            network((3,), layers.Dense(1, use_bias=False), layers.Reshape(())),
        ),
        **protocol,
    )
    assert flop.step_flop(gan, 5) == 5 * (12 * generators + 6 * discriminators)
    assert passes_of(gan) == {
        "generator": generators,
        "discriminator": discriminators,
    }
