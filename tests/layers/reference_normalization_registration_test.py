"""The reference layers' arguments, weights and limits."""

import inspect

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.registration import check_made_again, weights
from tfgan_ref.layers.reference_normalization import (
    PrependReference,
    ReferenceBatchNormalization,
    RemoveReference,
    VirtualBatchNormalization,
)

both = pytest.mark.parametrize(
    "cls", [ReferenceBatchNormalization, VirtualBatchNormalization]
)


def test_they_are_made_again():
    check_made_again(PrependReference, shape=(2, 3, 5))
    check_made_again(RemoveReference, reference_size=2)
    for cls in (ReferenceBatchNormalization, VirtualBatchNormalization):
        check_made_again(cls, reference_size=2, epsilon=0.375)
        assert inspect.signature(cls).parameters["epsilon"].default == 1e-5


def test_the_reference_is_a_weight_of_zeros_that_is_not_trained():
    layer = PrependReference([2, 3])  # A list as well.
    assert layer.shape == (2, 3)
    layer.build((None, 3))
    assert weights(layer) == {"reference": ((2, 3), False)}
    x = np.full((1, 3), 7, np.float32)
    np.testing.assert_array_equal(layer(x), [[0] * 3, [0] * 3, [7] * 3])


@both
def test_a_normalisation_has_a_gain_and_a_bias(cls):
    layer = cls(2)
    layer.build((None, 4, 5, 3))
    assert weights(layer) == {"gain": ((3,), True), "bias": ((3,), True)}


@both
def test_beside_bfloat16_gain_and_bias_are_float32(cls):
    layer = cls(2, dtype="mixed_bfloat16")
    layer.build((None, 2))
    # No bfloat16: that has 8 bits.
    layer.gain.assign([1 + 2**-12, 1.0])
    layer.bias.assign([-1 - 2**-12, 1 + 2**-12])
    # A reference of mean 0 and variance 1, and an example of that.
    x = tf.constant([[1.0, 1.0], [-1.0, -1.0], [1.0, 0.0]], tf.bfloat16)
    outputs = layer(x)
    assert outputs.dtype == tf.bfloat16
    assert {weight.dtype for weight in layer.weights} == {"float32"}
    # 1 - 1 but for epsilon: bfloat16 would have 0 or 2^-7.
    np.testing.assert_allclose(
        np.float64(outputs[0, 0]),
        (1 + 2**-12) / np.sqrt(1 + 1e-5) - 1 - 2**-12,
        rtol=0.01,
    )


def test_two_examples_are_a_reference():
    x = np.float32([[3.0], [5.0], [8.0]])
    for cls in (ReferenceBatchNormalization, VirtualBatchNormalization):
        assert cls(2)(x).shape == (3, 1)
    np.testing.assert_array_equal(RemoveReference(2)(x), [[8.0]])
