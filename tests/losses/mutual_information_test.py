"""What samples tell of their codes, against NumPy in float64."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.losses import mutual_information

# Exact in bfloat16, unequal, of both signs.
LOGITS = [[2.0, -1.0, 0.25, 0.5], [0.5, 3.0, -4.0, 1.0], [-2.5, -1.5, -6.0, 0]]
CATEGORIES = [0, 2, 3]
MEANS = [[0.5, -1.0], [2.0, 0.25], [-0.75, 0.0]]
CODES = [[0.25, 1.0], [-0.5, 0.5], [-0.75, -1.0]]

both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])


def one_hot(categories, count=4):
    return np.eye(count, dtype=np.float32)[categories]


def softmax(logits):
    exponentials = np.exp(np.float64(logits))
    return exponentials / exponentials.sum(-1, keepdims=True)


def gradient(function, given, codes):
    given = tf.constant(given)
    with tf.GradientTape() as tape:
        tape.watch(given)
        told = function(given, codes)
    return tape.gradient(told, given)


@both_precisions
def test_of_a_category_it_is_log_q_and_the_prior_s_entropy(dtype):
    received = mutual_information.categorical(
        tf.constant(LOGITS, dtype), tf.constant(one_hot(CATEGORIES), dtype)
    )
    of_true = softmax(LOGITS)[[0, 1, 2], CATEGORIES]
    assert received.dtype == tf.float32 and received.shape == (3,)
    np.testing.assert_allclose(received, np.log(of_true * 4), rtol=1e-5)


@both_precisions
def test_of_codes_it_is_a_difference_of_two_log_densities(dtype):
    received = mutual_information.gaussian(
        tf.constant(MEANS, dtype), tf.constant(CODES, dtype)
    )
    about_means = stats.norm.logpdf(CODES, MEANS, 1.0)
    expected = (about_means - stats.norm.logpdf(CODES)).sum(-1)
    assert received.dtype == tf.float32 and received.shape == (3,)
    np.testing.assert_allclose(received, expected, rtol=1e-5)


def test_it_is_zero_where_nothing_is_told_and_most_where_all_is():
    nothing, rows = np.zeros((3, 4), np.float32), one_hot(CATEGORIES)
    categorical = mutual_information.categorical
    np.testing.assert_allclose(categorical(nothing, rows), 0, atol=1e-6)
    np.testing.assert_allclose(categorical(100 * rows, rows), np.log(4))
    gaussian, codes = mutual_information.gaussian, np.float32(CODES)
    np.testing.assert_allclose(gaussian(0 * codes, codes), 0, atol=1e-6)
    np.testing.assert_allclose(
        gaussian(codes, codes), (codes**2).sum(-1) / 2, rtol=1e-6
    )


def test_gradients_go_to_what_was_given_and_stay_finite():
    rows = one_hot(CATEGORIES)
    of_logits = gradient(mutual_information.categorical, LOGITS, rows)
    np.testing.assert_allclose(of_logits, rows - softmax(LOGITS), atol=1e-6)
    of_means = gradient(mutual_information.gaussian, MEANS, CODES)
    np.testing.assert_allclose(of_means, np.subtract(CODES, MEANS), atol=1e-6)
    sure = [[1e4, -1e4, 0.0, 0.0]] * 3  # Two of three are wrong.
    of_sure = gradient(mutual_information.categorical, sure, rows)
    np.testing.assert_allclose(of_sure, rows - one_hot([0, 0, 0]), atol=1e-6)
