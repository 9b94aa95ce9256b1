"""The perceptrons for MNIST: sizes by hand, outputs in NumPy and float64."""

import keras
import numpy as np
import pytest
from keras import layers

from tfgan_ref.layers.noise import GaussianNoise
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.models import improved_mlp

WIDTHS = (784, 1000, 500, 250, 250, 250, 10)


@pytest.fixture(scope="module")
def generator():
    return with_random_weights(improved_mlp.generator((28, 28, 1)))


@pytest.fixture(scope="module")
def discriminator():
    return with_random_weights(improved_mlp.discriminator((28, 28, 1), 10))


def with_random_weights(network):
    """Scales, biases and statistics that are not those of the beginning."""
    rng = np.random.default_rng(1)
    for variable in network.variables:
        if len(variable.shape) == 1:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
    return network


def of_kind(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def normalised(x, layer):
    """x w + b with w = g v / ||v||."""
    v = layer.layer.kernel.numpy().astype(np.float64)
    weights = layer.scale.numpy() * v / np.sqrt((v**2).sum(0))
    return x @ weights + layer.bias.numpy()


def images(count):
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 0.5, (count, 28, 28, 1)).astype(np.float32)


# The discriminator.


def test_the_discriminator_has_the_published_sizes(discriminator):
    dense = of_kind(discriminator, WeightNormalization)
    kernels = list(zip(WIDTHS[:-1], WIDTHS[1:], strict=True))
    assert [tuple(layer.layer.kernel.shape) for layer in dense] == kernels
    # A kernel, a scale and a bias each; only the last scales are trained.
    units = sum(WIDTHS[1:])
    assert discriminator.count_params() == (
        784_000 + 500_000 + 125_000 + 62_500 + 62_500 + 2_500 + 2 * units
    )
    untrained = sum(
        np.prod(v.shape) for v in discriminator.non_trainable_variables
    )
    assert untrained == units - 10
    assert [layer.train_scale for layer in dense] == [False] * 5 + [True]


def test_there_is_noise_on_the_pixels_and_after_each_hidden_layer(
    discriminator,
):
    kinds = [
        type(layer)
        for layer in discriminator.layers
        if isinstance(layer, (GaussianNoise, WeightNormalization))
    ]
    assert kinds == [GaussianNoise, WeightNormalization] * 6
    noises = of_kind(discriminator, GaussianNoise)
    assert [layer.stddev for layer in noises] == [0.3] + [0.5] * 5
    one, other = (
        discriminator(images(3), training=True).numpy() for _ in range(2)
    )
    assert (one != other).all()


def test_logits_and_features_are_those_of_numpy_without_noise(discriminator):
    x = (images(3).reshape(3, 784).astype(np.float64) + 1) / 2
    *hidden, last = of_kind(discriminator, WeightNormalization)
    for layer in hidden:
        x = np.maximum(normalised(x, layer), 0)
    both = keras.Model(
        discriminator.input,
        [discriminator.get_layer("features").output, discriminator.output],
    )
    features, logits = both(images(3), training=False)
    assert logits.dtype == "float32"
    np.testing.assert_allclose(features, x, rtol=1e-4, atol=1e-4)
    expected = normalised(x, last)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)
    assert 0.1 < np.mean(x == 0) < 0.9  # Rectified.


def test_other_images_and_classes_change_the_ends_alone():
    network = improved_mlp.discriminator((6, 5, 3), 4)
    kernels = [
        tuple(layer.layer.kernel.shape)
        for layer in of_kind(network, WeightNormalization)
    ]
    assert kernels[0] == (90, 1000) and kernels[-1] == (250, 4)
    assert network.output_shape == (None, 4)


# The generator.


def test_the_generator_has_the_published_sizes(generator):
    first, second = of_kind(generator, layers.Dense)
    assert first.kernel.shape == (100, 500) and first.bias is None
    assert second.kernel.shape == (500, 500) and second.bias is None
    (last,) = of_kind(generator, WeightNormalization)
    assert last.layer.kernel.shape == (500, 784)
    # Batch normalisation has a bias, a mean and a variance, and no gain.
    assert generator.count_params() == (
        50_000 + 3 * 500 + 250_000 + 3 * 500 + 392_000 + 2 * 784
    )
    untrained = sum(np.prod(v.shape) for v in generator.non_trainable_variables)
    assert untrained == 2 * 2 * 500
    assert last.train_scale


@pytest.mark.parametrize("training", [False, True])
def test_images_are_those_of_numpy(generator, training):
    z = np.random.default_rng(2).uniform(0, 1, (6, 100)).astype(np.float32)
    x = z.astype(np.float64)
    norms = of_kind(generator, layers.BatchNormalization)
    for dense, norm in zip(
        of_kind(generator, layers.Dense), norms, strict=True
    ):
        x = x @ dense.kernel.numpy()
        mean, variance = norm.moving_mean.numpy(), norm.moving_variance.numpy()
        if training:
            mean, variance = x.mean(0), x.var(0)
        x = (x - mean) / np.sqrt(variance + 1e-6) + norm.beta.numpy()
        x = np.log(1 + np.exp(x))
    (last,) = of_kind(generator, WeightNormalization)
    expected = 2 / (1 + np.exp(-normalised(x, last))) - 1

    before = [norm.moving_mean.numpy() for norm in norms]
    received = generator(z, training=training)
    for norm, mean in zip(norms, before, strict=True):
        norm.moving_mean.assign(mean)

    assert received.dtype == "float32"
    assert received.shape == (6, 28, 28, 1)
    np.testing.assert_allclose(
        np.reshape(received, (6, 784)), expected, rtol=1e-3, atol=1e-4
    )
    assert expected.std() > 0.1


def test_other_images_and_latents_change_the_ends_alone():
    network = improved_mlp.generator((6, 5, 3), latent_dim=7)
    assert network.input_shape == (None, 7)
    assert network.output_shape == (None, 6, 5, 3)
    assert network.count_params() == (
        3_500 + 3 * 500 + 250_000 + 3 * 500 + 45_000 + 2 * 90
    )


# The beginning.


@pytest.mark.parametrize(
    "make", [improved_mlp.generator, improved_mlp.discriminator]
)
def test_kernels_begin_from_a_normal_distribution_of_a_tenth(make):
    network = make((28, 28, 1), 10)
    kernels = [v.numpy() for v in network.variables if len(v.shape) == 2]
    others = [v.numpy() for v in network.variables if len(v.shape) == 1]
    for kernel in kernels:
        # 2,500 draws at least: the deviation of each estimate is 1/50.
        assert kernel.std() == pytest.approx(0.1, rel=0.06)
        assert abs(kernel.mean()) < 0.008
        assert np.abs(kernel).max() > 0.29  # Not cut off at two deviations.
    assert {np.unique(value).tolist()[0] for value in others} == {0.0, 1.0}
