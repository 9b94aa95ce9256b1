"""Draws of a category, and their gradients, against NumPy in float64."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tests.layers.registration import check_made_again
from tfgan_ref.errors import UserError
from tfgan_ref.layers import draws

LOGITS = np.array([[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]])
NOISE = np.array([[2.5, 0.3, 0.4], [-0.2, 1.1, 0.9]])
CHOSEN = np.eye(3)[[0, 1]]  # The greatest sums: 3.0 and 1.3.
SLOPES = np.array([[1.0, -2.0, 0.5], [0.7, 0.1, 3.0]])


def given(array):
    return tf.constant(array, tf.float32)


def gradient(layer):
    """Of sum SLOPES * draw by the logits."""
    logits = given(LOGITS)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        row = layer(logits, given(NOISE), training=True)
        value = tf.reduce_sum(given(SLOPES) * row)
    return row.numpy(), tape.gradient(value, logits)


def relaxed(temperature):
    """The relaxed rows, and the gradient by hand."""
    y = special.softmax((LOGITS + NOISE) / temperature, -1)
    mean = np.sum(y * SLOPES, -1, keepdims=True)
    return y, y * (SLOPES - mean) / temperature


@pytest.mark.parametrize(
    "layer",
    [
        draws.Draw(),
        draws.Scored(),
        draws.GumbelSoftmax(0.7),
        draws.StraightThrough(0.7),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_in_inference_all_are_one_category(layer):
    rows = layer(given(LOGITS), given(NOISE), training=False)
    np.testing.assert_array_equal(rows, CHOSEN)
    assert rows.dtype == tf.float32


def test_a_draw_passes_no_gradient():
    row, slope = gradient(draws.Draw())
    np.testing.assert_array_equal(row, CHOSEN)
    assert slope is None


def test_a_scored_draw_has_the_gradient_of_its_log_probability():
    row, slope = gradient(draws.Scored())
    np.testing.assert_array_equal(row, CHOSEN)
    at = np.sum(SLOPES * CHOSEN, -1, keepdims=True)
    expected = at * (CHOSEN - special.softmax(LOGITS, -1))
    np.testing.assert_allclose(slope, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.4, 3.0])
def test_relaxed_draws_have_their_own_gradient(temperature):
    y, by_hand = relaxed(temperature)
    row, slope = gradient(draws.GumbelSoftmax(temperature))
    np.testing.assert_allclose(row, y, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(slope, by_hand, rtol=1e-4, atol=1e-6)
    row, slope = gradient(draws.StraightThrough(temperature))
    np.testing.assert_allclose(row, CHOSEN, atol=1e-6)
    np.testing.assert_allclose(slope, by_hand, rtol=1e-4, atol=1e-6)


def test_points_are_decoded_in_inference_alone():
    points = given([[0.2, 0.9, -3.0], [0.1, -0.5, 0.3]])
    layer = draws.Nearest()
    np.testing.assert_array_equal(layer(points, training=True), points)
    decoded = layer(points, training=False).numpy()
    away = np.linalg.norm(points.numpy()[:, None] - np.eye(3), axis=-1)
    np.testing.assert_array_equal(decoded, np.eye(3)[away.argmin(-1)])


def test_they_are_made_again():
    for kind in (draws.Draw, draws.Scored, draws.Nearest):
        check_made_again(kind)
    check_made_again(draws.GumbelSoftmax, temperature=0.25)
    check_made_again(draws.StraightThrough, temperature=2.0)


@pytest.mark.parametrize("temperature", [0.0, -1.0, np.nan])
def test_a_temperature_is_positive(temperature):
    for kind in (draws.GumbelSoftmax, draws.StraightThrough):
        with pytest.raises(UserError, match="`temperature` must be positive"):
            kind(temperature)
