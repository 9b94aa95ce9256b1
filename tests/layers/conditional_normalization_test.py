"""Conditional batch normalisation against NumPy."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.registration import check_made_again, weights
from tests.replicas import values_of
from tfgan_ref.layers.conditional_normalization import (
    ConditionalBatchNormalization,
)

RNG = np.random.default_rng(2)
IMAGES = np.float32(RNG.normal(3.0, 2.0, (6, 4, 5, 2)))
LABELS = [1, 0, 2, 2, 0, 2]
ROWS = np.eye(3, dtype=np.float32)[LABELS]
GAIN, BIAS = RNG.normal(size=(2, 3, 2))


def layer_of(shape=(4, 5, 2), **arguments):
    layer = ConditionalBatchNormalization(**arguments)
    layer.build((None, *shape), (None, 3))
    layer.gain.assign(GAIN)
    layer.bias.assign(BIAS)
    return layer


def by_class(x, table):
    return table[LABELS].reshape(6, *[1] * (x.ndim - 2), 2)


@pytest.mark.parametrize("x", [IMAGES, IMAGES[:, 1, 2]], ids=["4D", "2D"])
def test_the_batch_is_normalised_and_scaled_by_class(x):
    layer = layer_of(x.shape[1:], epsilon=0.5, momentum=0.75)
    axes = tuple(range(x.ndim - 1))
    mean, variance = np.float64(x).mean(axes), np.float64(x).var(axes)
    for _ in range(2):
        y = layer(x, ROWS, training=True)
    expected = by_class(x, GAIN) * (x - mean) / np.sqrt(variance + 0.5)
    np.testing.assert_allclose(y, expected + by_class(x, BIAS), atol=1e-5)
    # In inference the moving statistics, from 0 and 1, after two steps.
    mean, variance = (1 - 0.75**2) * mean, 0.75**2 + (1 - 0.75**2) * variance
    expected = by_class(x, GAIN) * (x - mean) / np.sqrt(variance + 0.5)
    for mode in ({}, {"training": False}):
        y = layer(x, ROWS, **mode)
        np.testing.assert_allclose(y, expected + by_class(x, BIAS), atol=1e-5)


def test_it_is_made_again():
    check_made_again(ConditionalBatchNormalization, momentum=0.7, epsilon=0.1)


def test_numbers_and_weights_are_the_released():
    parameters = inspect.signature(ConditionalBatchNormalization).parameters
    assert parameters["epsilon"].default == 2e-5
    assert parameters["momentum"].default == 0.9
    layer = ConditionalBatchNormalization()
    layer.build((None, 4, 5, 2), (None, 3))
    assert weights(layer) == {
        "gain": ((3, 2), True),
        "bias": ((3, 2), True),
        "moving_mean": ((2,), False),
        "moving_variance": ((2,), False),
    }
    assert (layer.gain.numpy() == 1).all() and not layer.bias.numpy().any()


def test_tables_and_statistics_are_float32_in_bfloat16():
    layer = layer_of(dtype="mixed_bfloat16")
    y = layer(IMAGES, ROWS, training=True)
    assert y.dtype == "bfloat16"
    assert layer.compute_output_shape(IMAGES.shape, ROWS.shape) == y.shape
    exact = layer_of()(IMAGES, ROWS, training=True)
    np.testing.assert_allclose(np.float32(y), exact, rtol=0.02, atol=0.02)
    assert {str(v.dtype) for v in layer.weights} == {"float32"}


def test_two_replicas_have_the_statistics_of_both(two_replicas):
    whole = layer_of()
    expected = whole(IMAGES, ROWS, training=True)
    with two_replicas.scope():
        layer = layer_of()

    def run():
        context = tf.distribute.get_replica_context()
        first = 3 * context.replica_id_in_sync_group
        images, rows = (
            tf.constant(whole)[first : first + 3] for whole in (IMAGES, ROWS)
        )
        return layer(images, rows, training=True)

    run = tf.function(run)
    parts = two_replicas.experimental_local_results(two_replicas.run(run))
    received = np.concatenate([part.numpy() for part in parts])
    np.testing.assert_allclose(received, expected, atol=1e-5)
    for one, other in zip(
        values_of(layer.weights), values_of(whole.weights), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_a_network_with_it_comes_back():
    images, rows = keras.Input((4, 5, 2)), keras.Input((3,))
    y = ConditionalBatchNormalization()(images, rows)
    network = keras.Model([images, rows], y)
    assert network.output_shape == (None, 4, 5, 2)
    again = keras.Model.from_config(network.get_config())
    again.set_weights([w + 0.5 for w in network.get_weights()])
    assert np.abs(again([IMAGES, ROWS]) - network([IMAGES, ROWS])).max() > 0.1
