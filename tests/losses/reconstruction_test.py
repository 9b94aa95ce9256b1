import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import reconstruction

EXAMPLES = [[[1.0, -2.0], [0.5, 0.0]], [[0.0, 3.0], [-1.0, 2.0]]]
MADE = [[[0.0, -2.0], [1.5, 2.0]], [[4.0, 3.0], [-1.0, 2.0]]]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_cost_is_the_mean_square_of_an_examples_differences(dtype):
    costs = reconstruction.squared_error(
        tf.constant(EXAMPLES, dtype), tf.constant(MADE, dtype)
    )
    assert costs.dtype == tf.float32
    np.testing.assert_allclose(costs, [(1 + 1 + 4) / 4, 16 / 4])


def test_the_gradient_leads_to_the_example():
    made = tf.constant(MADE)
    with tf.GradientTape() as tape:
        tape.watch(made)
        costs = reconstruction.squared_error(EXAMPLES, made)
    gradient = tape.gradient(costs, made)
    difference = np.subtract(MADE, EXAMPLES)
    np.testing.assert_allclose(gradient, difference / 2)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_an_absolute_cost_is_the_mean_of_an_examples_differences(dtype):
    costs = reconstruction.absolute_error(
        tf.constant(EXAMPLES, dtype), tf.constant(MADE, dtype)
    )
    assert costs.dtype == tf.float32
    np.testing.assert_allclose(costs, [(1 + 0 + 1 + 2) / 4, 4 / 4])
