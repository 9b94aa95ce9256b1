import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import hinge

# On both sides of the hinges.
REAL = [2.0, -1.0, 0.25, 1.5]
FAKE = [0.5, -3.0, 7.0, -0.75]

both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])


def gradient(loss, *logits):
    logits = [tf.convert_to_tensor(values) for values in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = loss(*logits)
    return tape.gradient(cost, logits)


@both_precisions
def test_costs_are_those_worked_out_by_hand(dtype):
    real, fake = tf.constant(REAL, dtype), tf.constant(FAKE, dtype)
    for costs, expected in (
        (hinge.hinge_discriminator_loss(real, fake), [1.5, 2.0, 8.75, 0.25]),
        (hinge.hinge_generator_loss(fake), [-0.5, 3.0, -7.0, 0.75]),
    ):
        assert costs.dtype == tf.float32
        assert costs.shape == (4,)
        np.testing.assert_allclose(costs, expected, rtol=1e-6)


def test_who_is_right_by_the_margin_is_pushed_no_further():
    of_real, of_fake = gradient(hinge.hinge_discriminator_loss, REAL, FAKE)
    np.testing.assert_array_equal(of_real, [0.0, -1.0, -1.0, 0.0])
    np.testing.assert_array_equal(of_fake, [1.0, 0.0, 1.0, 1.0])


def test_generator_is_always_pushed():
    (of_fake,) = gradient(hinge.hinge_generator_loss, FAKE)
    np.testing.assert_array_equal(of_fake, [-1.0] * 4)


def test_best_discriminator_measures_twice_the_overlap():
    # On three points: the least of p max(0, 1 - d) + q max(0, 1 + d) over d
    # is 2 min(p, q), at d = sign(p - q).
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.35, 0.45])
    grid = np.linspace(-3, 3, 601)
    of_real = np.float64(
        hinge.hinge_discriminator_loss(grid, np.full_like(grid, -1))
    )
    of_fake = np.float64(
        hinge.hinge_discriminator_loss(np.full_like(grid, 1), grid)
    )
    costs = p[:, None] * of_real + q[:, None] * of_fake
    np.testing.assert_allclose(costs.min(1), 2 * np.minimum(p, q), atol=1e-6)
    np.testing.assert_allclose(grid[costs.argmin(1)], np.sign(p - q), atol=1e-6)


@both_precisions
def test_costs_and_gradients_stay_finite(dtype):
    real = tf.constant([1e4, -1e4], dtype)
    size = float(tf.cast(real, tf.float32)[0])
    np.testing.assert_allclose(
        hinge.hinge_discriminator_loss(real, -real),
        [0.0, 2 * (size + 1)],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        hinge.hinge_generator_loss(real), [-size, size], rtol=1e-6
    )
    for received in gradient(hinge.hinge_discriminator_loss, real, -real):
        np.testing.assert_array_equal(np.abs(np.float64(received)), [0.0, 1.0])
