"""Entropies of categories, against NumPy in float64."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.losses import entropy

# Exact in bfloat16, unequal, of both signs.
LOGITS = [[2.0, -1.0, 0.25], [0.5, 3.0, -4.0], [-2.5, -1.5, -6.0], [7.0, 6, 1]]
MEAN = [0.5, 0.125, 0.375]


def softmax(logits):
    exponentials = np.exp(np.float64(logits))
    return exponentials / exponentials.sum(-1, keepdims=True)


def gradient(function, given):
    given = tf.constant(given, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(given)
        value = function(given)
    return tape.gradient(value, given).numpy()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_both_are_entropies_in_nats(dtype):
    received = entropy.conditional(tf.constant(LOGITS, dtype))
    assert received.dtype == tf.float32 and received.shape == (4,)
    expected = stats.entropy(softmax(LOGITS), axis=-1)
    np.testing.assert_allclose(received, expected, rtol=1e-5)
    received = entropy.marginal(tf.constant(MEAN, dtype))
    assert received.dtype == tf.float32 and received.shape == ()
    np.testing.assert_allclose(received, stats.entropy(MEAN), rtol=1e-6)


def test_gradients_are_those_by_hand():
    p = softmax(LOGITS)
    by_hand = -p * (np.log(p) + stats.entropy(p, axis=-1)[:, None])
    of_logits = gradient(entropy.conditional, LOGITS)
    np.testing.assert_allclose(of_logits, by_hand, rtol=1e-4, atol=1e-6)
    of_mean = gradient(entropy.marginal, MEAN)
    np.testing.assert_allclose(of_mean, -np.log(MEAN) - 1, rtol=1e-6)


def test_who_is_sure_has_none_and_who_is_not_the_most():
    sure = [[1e4, -1e4, 0.0], [-1e4, -1e4, 1e4]]
    np.testing.assert_array_equal(entropy.conditional(sure), [0, 0])
    assert np.isfinite(gradient(entropy.conditional, sure)).all()
    unsure = [[7.0, 7.0, 7.0]]
    np.testing.assert_allclose(entropy.conditional(unsure), np.log(3), 1e-6)
    np.testing.assert_allclose(entropy.marginal([0.25] * 4), np.log(4), 1e-6)
    # A category that nothing is of.
    assert entropy.marginal([1.0, 0.0]) == 0
    assert np.isfinite(gradient(entropy.marginal, [0.75, 0.0, 0.25])).all()
