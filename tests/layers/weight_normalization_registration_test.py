"""Weight normalisation's arguments, weights and limits."""

import inspect

import keras
import numpy as np
import pytest
from keras import layers

from tests.layers.registration import check_made_again, weights
from tfgan_ref.errors import UserError
from tfgan_ref.layers import initialization
from tfgan_ref.layers.weight_normalization import WeightNormalization


@pytest.mark.parametrize("train_scale", [False, True])
def test_it_is_made_again(train_scale):
    again = check_made_again(
        WeightNormalization,
        layers.Conv2D(3, 2, use_bias=False),
        activation=keras.activations.tanh,
        train_scale=train_scale,
    )
    assert (again.layer.filters, again.layer.kernel_size) == (3, (2, 2))


def test_what_is_not_given():
    parameters = inspect.signature(WeightNormalization).parameters
    assert parameters["activation"].default is None
    assert parameters["train_scale"].default is False


@pytest.mark.parametrize("train_scale", [False, True])
def test_its_weights(train_scale):
    layer = WeightNormalization(
        layers.Dense(3, use_bias=False), train_scale=train_scale
    )
    layer.build((None, 4))
    assert weights(layer) == {
        "kernel": ((4, 3), True),
        "scale": ((3,), train_scale),
        "bias": ((3,), True),
    }


@pytest.mark.parametrize(
    ("deviation", "scale"),
    # The variance is more than 1e-10 of the squared mean, or less.
    [(1.1e-5, 1 / 1.1e-5), (0.9e-5, 1.0)],
)
def test_a_unit_varies_from_a_hundred_thousandth_of_its_mean_on(
    deviation, scale
):
    layer = WeightNormalization(
        layers.Dense(1, use_bias=False, dtype="float64"), dtype="float64"
    )
    layer.build((2, 1))
    layer.layer.kernel.assign([[1.0]])
    with initialization.from_data():
        layer(np.array([[7.0 * (1 - deviation)], [7.0 * (1 + deviation)]]))
    expected = scale / 7.0 if scale > 1 else 1.0
    np.testing.assert_allclose(layer.scale, [expected], rtol=1e-6)


def test_channels_come_last():
    with pytest.raises(UserError, match="channels last"):
        WeightNormalization(
            layers.Conv2D(
                3, 2, use_bias=False, data_format="channels_first", name="x"
            )
        )
