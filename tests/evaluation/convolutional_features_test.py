"""Features of convolutions beside SciPy's, of small networks."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy import signal

from tests import small_run
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import convolutional_features
from tfgan_ref.evaluation.convolutional_features import ConvolutionalFeatures
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.models import dcgan

SHAPE = (28, 28, 1)


def levels(count, shape=SHAPE):
    rng = np.random.default_rng(count)
    return rng.integers(0, 256, (count, *shape), np.uint8)


def convolved(x, layer):
    """Stride 2 as TensorFlow pads it: one row before and two behind."""
    kernel = np.float64(layer.kernel)
    x = np.pad(x, ((0, 0), (1, 2), (1, 2), (0, 0)))
    found = [
        sum(
            signal.correlate2d(image[..., i], kernel[..., i, o], "valid")
            for i in range(kernel.shape[2])
        )[::2, ::2]
        for image in x
        for o in range(kernel.shape[3])
    ]
    maps = np.reshape(found, (len(x), kernel.shape[3], *found[0].shape))
    bias = 0.0 if layer.bias is None else np.float64(layer.bias)
    return maps.transpose(0, 2, 3, 1) + bias


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def largest(maps, cells):
    """In cells that are given as pairs of first and last."""
    return np.stack(
        [
            np.stack([maps[:, a:b, c:d].max((1, 2)) for c, d in cells], 1)
            for a, b in cells
        ],
        1,
    )


@pytest.fixture(scope="module")
def network():
    """DCGAN's, of two and four maps, nothing in it as it begins."""
    network = dcgan.discriminator(SHAPE, width=2)
    rng = np.random.default_rng(3)
    for variable in network.variables:
        variable.assign(rng.uniform(0.1, 0.9, variable.shape) - 0.3)
        if "variance" in variable.path:
            variable.assign(rng.uniform(0.5, 3.0, variable.shape))
    return network


def expected(network, images, mean=None, variance=None):
    """Of both layers, by SciPy; and the second before its normalisation."""
    first, second = (
        layer for layer in network.layers if isinstance(layer, layers.Conv2D)
    )
    (norm,) = (
        layer
        for layer in network.layers
        if isinstance(layer, layers.BatchNormalization)
    )
    x = np.float64(images) / 127.5 - 1
    one = leaky(convolved(x, first))
    raw = convolved(one, second)
    mean = np.float64(norm.moving_mean) if mean is None else mean
    variance = (
        np.float64(norm.moving_variance) if variance is None else variance
    )
    scale = np.float64(norm.gamma) / np.sqrt(variance + 1e-5)
    two = leaky((raw - mean) * scale + np.float64(norm.beta))
    # Of 14 and of 7 pixels.
    rows = [
        largest(one, [(0, 4), (3, 7), (7, 11), (10, 14)]),
        largest(two, [(0, 2), (1, 4), (3, 6), (5, 7)]),
    ]
    return np.concatenate([x.reshape(len(x), -1) for x in rows], 1), raw


def test_features_are_the_pooled_maps_after_their_activations(network):
    images = levels(5)
    features = ConvolutionalFeatures("a", network)
    assert (features.shape, features.count) == (SHAPE, 16 * (2 + 4))
    found = features(images, np.array([4, 1, 2]))
    assert found.dtype == np.float32
    wanted, _ = expected(network, images[[4, 1, 2]])
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_statistics_become_those_of_the_images(network):
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    images = levels(6)
    features = ConvolutionalFeatures("a", copy)
    features.see(images[2:])
    _, raw = expected(network, images[2:])
    mean, variance = raw.mean((0, 1, 2)), raw.var((0, 1, 2))
    found = features(images, np.arange(6))
    wanted, _ = expected(network, images, mean, variance)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)
    before, _ = expected(network, images)
    assert np.abs(before - wanted).max() > 0.5


def test_batches_have_no_influence(network, monkeypatch):
    images = levels(9)
    rows = Rows(images.shape, lambda key: images[key])
    features = ConvolutionalFeatures("a", network)
    places = np.array([8, 0, 3, 3, 7])
    whole = features(images, places)
    pixels = convolutional_features.pixels(images, places)
    monkeypatch.setattr(convolutional_features, "_ROWS", 2)
    np.testing.assert_allclose(features(rows, places), whole, atol=1e-5)
    np.testing.assert_array_equal(
        convolutional_features.pixels(rows, places), pixels
    )
    np.testing.assert_allclose(
        pixels, images[places].reshape(5, 784) / 127.5 - 1, atol=1e-6
    )


def test_the_activation_may_be_anywhere_behind_a_convolution():
    images = keras.Input((12, 9, 3))
    x = layers.GaussianNoise(0.9)(images)
    x = layers.Conv2D(2, 3, activation="relu", name="own")(x)
    x = WeightNormalization(
        layers.Conv2D(3, 2, padding="same", use_bias=False)
    )(x)
    x = layers.Dropout(0.9)(x)
    x = layers.PReLU(name="later")(x)
    x = layers.Conv2D(4, 2, name="none")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(5, 2, strides=2, name="small")(x)
    heads = [layers.Flatten()(x), layers.GlobalMaxPooling2D()(x)]
    network = keras.Model(images, heads)
    for variable in network.variables:
        variable.assign_add(
            0.1 * np.random.default_rng(1).normal(size=variable.shape)
        )
    features = ConvolutionalFeatures("a", network)
    assert features.count == 16 * (2 + 3 + 4) + 2 * 1 * 5
    given = levels(3, (12, 9, 3))
    found = features(given, np.arange(3))
    names = ["own", "later", "none", "small"]
    maps = keras.Model(images, [network.get_layer(n).output for n in names])
    wanted = [
        np.reshape(convolutional_features.pooled(x), (3, -1))
        for x in maps(given / np.float32(127.5) - 1, training=False)
    ]
    np.testing.assert_allclose(found, np.concatenate(wanted, 1), atol=1e-4)


def test_small_maps_are_not_repeated():
    maps = np.random.default_rng(0).normal(size=(2, 3, 9, 5))
    found = convolutional_features.pooled(maps).numpy()
    cells = [(0, 3), (2, 5), (4, 7), (6, 9)]
    np.testing.assert_array_equal(
        found, np.stack([maps[:, :, a:b].max(2) for a, b in cells], 2)
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("toy", r"images alone was expected. Received: of shape \[None, 2\]"),
        ("conditional", "images alone .* Received: images and labels$"),
    ],
)
def test_another_discriminator_is_one_line(kind, said):
    with pytest.raises(UserError, match=f"^runs/a: .*{said}"):
        ConvolutionalFeatures("runs/a", small_run.make(kind).discriminator)


def test_a_perceptron_is_one_line():
    images = keras.Input(SHAPE)
    x = layers.Dense(1)(layers.Flatten()(images))
    said = (
        "^runs/a: a discriminator with convolutions was expected. Received: "
        "one of Dense, Flatten, InputLayer$"
    )
    with pytest.raises(UserError, match=said):
        ConvolutionalFeatures("runs/a", keras.Model(images, x))
