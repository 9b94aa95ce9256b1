"""The networks for CIFAR-10 and SVHN: layers and sizes by hand."""

import numpy as np
import pytest
from keras import layers

from tfgan_ref.errors import UserError
from tfgan_ref.layers.minibatch_features import (
    MinibatchFeatures,
    PaperMinibatchFeatures,
)
from tfgan_ref.layers.noise import Dropout, GaussianNoise
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.models import improved_conv

COLOUR = (32, 32, 3)


def of_kind(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def untrained(network):
    return sum(np.prod(v.shape) for v in network.non_trainable_variables)


def convolutions(network):
    """(kernel's side, stride, padding, side and channels of the output)."""
    found = []
    for layer in of_kind(network, WeightNormalization):
        if isinstance(layer.layer, layers.Conv2D):
            side, strides = layer.layer.kernel_size, layer.layer.strides
            _, *size, channels = layer.output.shape
            assert side[0] == side[1] and strides[0] == strides[1]
            assert size[0] == size[1]
            assert channels == layer.layer.filters
            found.append(
                (side[0], strides[0], layer.layer.padding, size[0], channels)
            )
    return found


def order_of(network):
    """The layers' kinds in order, activations and the ends left out."""
    kinds = (WeightNormalization, Dropout, GaussianNoise, MinibatchFeatures)
    kinds += (layers.GlobalAveragePooling2D,)
    return [type(layer) for layer in network.layers if isinstance(layer, kinds)]


# The discriminator.


@pytest.mark.parametrize(
    ("widths", "kernels"),
    [
        # 9 weights of 3x3 for each pair of channels, 1 of 1x1.
        (
            (96, 192),
            9 * (3 * 96 + 2 * 96 * 96)
            + 9 * (96 * 192 + 3 * 192 * 192)
            + 2 * 192 * 192
            + 192 * 10,
        ),
        (
            (64, 128),
            9 * (3 * 64 + 2 * 64 * 64)
            + 9 * (64 * 128 + 3 * 128 * 128)
            + 2 * 128 * 128
            + 128 * 10,
        ),
    ],
    ids=["cifar10", "svhn"],
)
def test_the_discriminator_has_the_published_sizes(widths, kernels):
    network = improved_conv.discriminator(COLOUR, 10, widths=widths)
    a, b = widths
    assert convolutions(network) == [
        (3, 1, "same", 32, a),
        (3, 1, "same", 32, a),
        (3, 2, "same", 16, a),
        (3, 1, "same", 16, b),
        (3, 1, "same", 16, b),
        (3, 2, "same", 8, b),
        (3, 1, "valid", 6, b),
        (1, 1, "valid", 6, b),
        (1, 1, "valid", 6, b),
    ]
    assert network.get_layer("features").output.shape == (None, b)
    assert network.output_shape == (None, 10)
    # A scale and a bias for every unit; the last layer's scales are trained.
    units = 3 * a + 6 * b
    assert network.count_params() == kernels + 2 * (units + 10)
    assert untrained(network) == units


def test_without_other_widths_they_are_those_of_cifar10():
    network = improved_conv.discriminator((32, 32, 1), 7)
    assert [channels for *_, channels in convolutions(network)] == (
        [96] * 3 + [192] * 6
    )
    assert network.output_shape == (None, 7)


def test_dropout_is_before_the_first_and_after_every_third_convolution():
    network = improved_conv.discriminator(COLOUR, 10, widths=(2, 3))
    three = [WeightNormalization] * 3
    assert order_of(network) == [
        *(Dropout, *three, Dropout, *three, Dropout, *three),
        layers.GlobalAveragePooling2D,
        WeightNormalization,
    ]
    rates = [layer.rate for layer in of_kind(network, Dropout)]
    assert rates == [0.2, 0.5, 0.5]
    slopes = [
        layer.negative_slope for layer in of_kind(network, layers.LeakyReLU)
    ]
    assert slopes == [0.2] * 9


def test_logits_are_those_of_numpy_without_dropout():
    network = improved_conv.discriminator(COLOUR, 4, widths=(2, 3))
    rng = np.random.default_rng(3)
    for variable in network.variables:
        if len(variable.shape) == 1:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
    images = rng.uniform(-1, 0.5, (2, *COLOUR)).astype(np.float32)

    logits = network(images, training=False)

    x = images.astype(np.float64)
    *hidden, last = of_kind(network, WeightNormalization)
    for layer in hidden:
        x = convolved(x, layer)
        x = np.where(x > 0, x, 0.2 * x)
    v = last.layer.kernel.numpy()
    expected = x.mean((1, 2)) @ (v / np.sqrt((v**2).sum(0)))
    expected = expected * last.scale.numpy() + last.bias.numpy()
    assert logits.dtype == "float32"
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def convolved(x, layer):
    """A weight-normalised convolution, one place of the kernel at a time."""
    v = layer.layer.kernel.numpy().astype(np.float64)
    v = layer.scale.numpy() * v / np.sqrt((v**2).sum((0, 1, 2)))
    side, stride = v.shape[0], layer.layer.strides[0]
    if layer.layer.padding == "same":
        # As many as make the output size / stride; the odd one is the last.
        more = side - stride
        before = more // 2
        x = np.pad(x, [(0, 0), *[(before, more - before)] * 2, (0, 0)])
    size = (x.shape[1] - side) // stride + 1
    total = 0.0
    for row in range(side):
        for column in range(side):
            rows = slice(row, row + stride * size, stride)
            columns = slice(column, column + stride * size, stride)
            total = total + x[:, rows, columns] @ v[row, column]
    return total + layer.bias.numpy()


def test_with_minibatch_features_there_is_noise_and_no_dropout():
    network = improved_conv.discriminator(
        COLOUR,
        10,
        widths=(2, 3),
        make_minibatch_features=lambda: MinibatchFeatures(7, 2),
    )
    assert order_of(network) == [
        GaussianNoise,
        *[WeightNormalization] * 9,
        layers.GlobalAveragePooling2D,
        MinibatchFeatures,
        WeightNormalization,
    ]
    (noise,) = of_kind(network, GaussianNoise)
    assert noise.stddev == 0.2
    last = of_kind(network, WeightNormalization)[-1]
    assert last.layer.kernel.shape == (3 + 7, 10)
    without = improved_conv.discriminator(COLOUR, 10, widths=(2, 3))
    # T of 3 inputs, its scales, a bias; 7 inputs more of the last layer.
    assert network.count_params() - without.count_params() == (
        3 * 7 * 2 + 7 * 2 + 7 + 7 * 10
    )


def test_minibatch_features_may_be_of_another_kind():
    network = improved_conv.discriminator(
        COLOUR,
        10,
        widths=(2, 3),
        make_minibatch_features=lambda: PaperMinibatchFeatures(7, 2),
    )
    assert len(of_kind(network, PaperMinibatchFeatures)) == 1


# The generator.


def test_the_generator_has_the_published_sizes():
    network = improved_conv.generator(COLOUR)
    (project,) = of_kind(network, layers.Dense)
    assert project.kernel.shape == (100, 4 * 4 * 512)
    *hidden, last = [
        getattr(layer, "layer", layer)
        for layer in network.layers
        if isinstance(layer, (layers.Conv2DTranspose, WeightNormalization))
    ]
    for layer in (*hidden, last):
        assert layer.kernel_size == (5, 5) and layer.strides == (2, 2)
        assert not layer.use_bias
    assert [layer.output.shape[1:] for layer in hidden] == [
        (8, 8, 256),
        (16, 16, 128),
    ]
    assert network.output_shape == (None, *COLOUR)
    # Batch normalisation has a bias, a mean and a variance, and no gain.
    normalised = 8192 + 256 + 128
    assert network.count_params() == (
        819_200
        + 25 * (512 * 256 + 256 * 128 + 128 * 3)
        + 3 * normalised
        + 2 * 3
    )
    assert untrained(network) == 2 * normalised
    norms = of_kind(network, layers.BatchNormalization)
    assert [(norm.scale, norm.center) for norm in norms] == [(False, True)] * 3
    assert [norm.epsilon for norm in norms] == [1e-6] * 3
    assert len(of_kind(network, layers.ReLU)) == 3
    (last,) = of_kind(network, WeightNormalization)
    assert last.train_scale and last.activation.__name__ == "linear"
    assert network.get_layer("images").activation.__name__ == "tanh"


def test_one_channel_and_other_latents_change_the_ends_alone():
    network = improved_conv.generator((32, 32, 1), latent_dim=7)
    assert network.input_shape == (None, 7)
    assert network.output_shape == (None, 32, 32, 1)
    # 93 latents and two channels fewer.
    assert network.count_params() == (
        improved_conv.generator(COLOUR).count_params()
        - 93 * 8192
        - 2 * (25 * 128 + 2)
    )
    z = np.random.default_rng(0).uniform(0, 1, (3, 7)).astype(np.float32)
    images = network(z, training=True)
    assert images.dtype == "float32"
    assert np.abs(images).max() <= 1 and np.std(images) > 0.01


# Both.


@pytest.mark.parametrize(
    "network",
    [
        improved_conv.generator(COLOUR),
        improved_conv.discriminator(COLOUR, 10),
    ],
    ids=["generator", "discriminator"],
)
def test_kernels_begin_from_a_normal_distribution_of_a_twentieth(network):
    kernels = [v.numpy() for v in network.variables if len(v.shape) > 1]
    for kernel in kernels:
        # 1,920 draws at least: the deviation of each estimate is 1/44.
        assert kernel.std() == pytest.approx(0.05, rel=0.07)
        assert abs(kernel.mean()) < 0.005
        assert np.abs(kernel).max() > 0.135


@pytest.mark.parametrize("side", [28, 64])
def test_another_size_is_refused(side):
    for make, argument in (
        (improved_conv.generator, 100),
        (improved_conv.discriminator, 10),
    ):
        with pytest.raises(UserError) as caught:
            make((side, side, 3), argument)
        message = str(caught.value)
        assert len(message.splitlines()) == 1
        assert "32x32" in message
        assert f"Received: image_shape=({side}, {side}, 3)" in message
