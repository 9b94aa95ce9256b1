"""Precisions that are changed in descriptions."""

import keras
import numpy as np
import pytest

from tfgan_ref import precision, runtime
from tfgan_ref.layers.weight_normalization import WeightNormalization


@pytest.fixture
def generator():
    keras.utils.set_random_seed(3)
    z = keras.Input((5,), name="latents")
    x = WeightNormalization(keras.layers.Dense(7, use_bias=False), "relu")(z)
    x = keras.layers.Dense(6, activation="tanh", name="hidden")(x)
    images = keras.layers.Reshape((2, 3, 1), name="images")(x)
    return keras.Model(z, images, name="generator")


def in_bfloat16(network):
    config = keras.saving.serialize_keras_object(network)
    twin = keras.saving.deserialize_keras_object(precision.in_bfloat16(config))
    twin.set_weights(network.get_weights())
    return twin


def test_all_but_the_last_layer_compute_in_bfloat16(generator):
    twin = in_bfloat16(generator)
    computed = {layer.name: layer.compute_dtype for layer in twin.layers[1:]}
    assert computed.pop("images") == "float32"
    assert set(computed.values()) == {"bfloat16"} and len(computed) == 2
    assert twin.layers[1].layer.compute_dtype == "bfloat16"
    assert {weight.dtype for weight in twin.weights} == {"float32"}
    z = np.random.default_rng(0).uniform(-1, 1, (11, 5)).astype(np.float32)
    wanted, received = generator(z).numpy(), twin(z).numpy()
    assert received.dtype == np.float32
    # Eight bits of each number.
    np.testing.assert_allclose(received, wanted, atol=0.02)
    assert np.any(received != wanted)
    # What was given is as it was.
    np.testing.assert_array_equal(generator(z).numpy(), wanted)


def test_back_in_float32_it_is_the_same_function(generator):
    config = keras.saving.serialize_keras_object(in_bfloat16(generator))
    back = keras.saving.deserialize_keras_object(precision.in_float32(config))
    back.set_weights(generator.get_weights())
    z = np.ones((2, 5), np.float32)
    np.testing.assert_array_equal(back(z).numpy(), generator(z).numpy())


@pytest.mark.parametrize(("known", "lines"), [(True, 0), (False, 1)])
def test_a_cpu_without_bfloat16_is_said(known, lines, monkeypatch, caplog):
    monkeypatch.setattr(runtime, "has_bfloat16", lambda: known)
    precision.warn_of_emulation()
    assert caplog.text.count("it will be slow") == lines
