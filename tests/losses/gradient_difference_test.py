import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses.gradient_difference import gradient_difference

RNG = np.random.default_rng(2)
EXAMPLES = RNG.normal(size=(3, 4, 5, 2)).astype(np.float32)
PREDICTIONS = RNG.normal(size=(3, 4, 5, 2)).astype(np.float32)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_cost_is_what_steps_between_neighbours_lack(dtype):
    examples = tf.constant([[[[0.0], [3.0]], [[-1.0], [4.0]]]], dtype)
    predictions = tf.constant([[[[1.0], [-1.0]], [[1.0], [1.0]]]], dtype)
    costs = gradient_difference(examples, predictions)
    assert costs.dtype == tf.float32
    # Down |-1| - 0 and |1| - |2|; to the right |3| - |-2| and |5| - 0.
    np.testing.assert_allclose(costs, [(1 + 1) / 2 + (1 + 5) / 2])


def test_each_example_has_the_mean_over_pairs_in_columns_and_in_rows():
    costs = gradient_difference(EXAMPLES, PREDICTIONS)
    for cost, one, other in zip(costs, EXAMPLES, PREDICTIONS, strict=True):
        parts = [
            abs(abs(np.diff(one, axis=axis)) - abs(np.diff(other, axis=axis)))
            for axis in (0, 1)
        ]
        np.testing.assert_allclose(cost, sum(map(np.mean, parts)), rtol=1e-5)


def test_neither_a_sign_nor_a_constant_costs_anything():
    same = gradient_difference(EXAMPLES, 0.5 - EXAMPLES)
    np.testing.assert_allclose(same, 0, atol=1e-6)
