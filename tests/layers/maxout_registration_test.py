"""Maxout's arguments, weights and limits."""

import inspect

import keras
import numpy as np
import pytest

from tests.layers.registration import check_made_again, weights
from tfgan_ref.layers.maxout import Maxout


def test_it_is_made_again():
    again = check_made_again(Maxout, units=3, pieces=2)
    glorot = keras.initializers.GlorotUniform
    assert type(again.kernel_initializer) is glorot


def test_there_are_five_pieces_of_glorots_and_biases_of_zero():
    parameters = inspect.signature(Maxout).parameters
    assert parameters["pieces"].default == 5
    assert parameters["kernel_initializer"].default == "glorot_uniform"
    layer = Maxout(3)
    layer.build((None, 4))
    assert weights(layer) == {
        "kernel": ((4, 15), True),
        "bias": ((15,), True),
    }
    assert not layer.bias.numpy().any()


def test_the_kernel_begins_as_asked():
    normal = keras.initializers.RandomNormal(2.0, 3.0)
    layer = Maxout(40, kernel_initializer=normal)
    layer.build((None, 30))
    assert layer.kernel.numpy().mean() == pytest.approx(2.0, abs=0.2)
    assert layer.kernel.numpy().std() == pytest.approx(3.0, rel=0.05)


def test_one_unit_of_one_piece_is_affine():
    layer = Maxout(1, 1)
    x = np.array([[2.0, -3.0]], np.float32)
    layer.build(x.shape)
    layer.set_weights([np.array([[1.0], [2.0]]), np.array([0.5])])
    np.testing.assert_allclose(layer(x), [[-3.5]])
    assert layer.compute_output_shape((7, 2)) == (7, 1)
