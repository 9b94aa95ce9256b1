"""Maxout against NumPy."""

import keras
import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.layers.maxout import Maxout


def test_each_unit_is_the_greatest_of_its_pieces():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3)).astype(np.float32)
    layer = Maxout(4, pieces=2)
    y = layer(x)
    kernel, bias = rng.normal(size=(3, 8)), rng.normal(size=8)
    layer.set_weights([kernel, bias])
    expected = np.empty((5, 4))
    for unit in range(4):
        columns = [2 * unit, 2 * unit + 1]
        expected[:, unit] = (x @ kernel[:, columns] + bias[columns]).max(1)
    assert y.shape == layer.compute_output_shape((5, 3)) == (5, 4)
    np.testing.assert_allclose(layer(x), expected, atol=1e-5)


@pytest.mark.parametrize("sizes", [(2, 5, 3), (2, 3, 4, 3)])
def test_more_dimensions_stay_as_they_are(sizes):
    x = np.random.default_rng(1).normal(size=sizes).astype(np.float32)
    layer = Maxout(4, pieces=2)
    y = layer(x)
    assert y.shape == layer.compute_output_shape(sizes) == (*sizes[:-1], 4)
    rows = layer(x.reshape(-1, 3))
    np.testing.assert_allclose(np.reshape(y, (-1, 4)), rows, rtol=1e-6)


def test_it_is_made_again_from_its_configuration():
    layer = Maxout(4, 3, keras.initializers.RandomNormal(stddev=0.02))
    config = layer.get_config()
    again = Maxout.from_config(config)
    assert (again.units, again.pieces) == (4, 3)
    assert again.kernel_initializer.stddev == 0.02
    assert again.get_config() == config


@pytest.mark.parametrize("sizes", [(0, 5), (4, -1)])
def test_sizes_are_positive(sizes):
    with pytest.raises(UserError, match="must be positive"):
        Maxout(*sizes)
