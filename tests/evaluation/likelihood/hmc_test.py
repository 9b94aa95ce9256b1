"""Moves that leave a distribution as it is."""

import functools
import math

import numpy as np
import pytest
import tensorflow as tf

from tests.evaluation.likelihood import linear
from tfgan_ref.evaluation.likelihood import hmc

X = linear.X[0]


def state_at(z):
    """The state, and the function of z that it is of."""
    x = np.repeat(X[None], len(z), 0)
    function = functools.partial(linear.decoder().log_likelihood, x)
    z = tf.constant(z, tf.float32)
    return hmc.State(z, *function(z)), function


def constant(*numbers):
    """A power and a step."""
    return tf.constant(numbers[0], tf.float64), tf.constant(numbers[1])


def test_a_trajectory_leads_back():
    rng = np.random.default_rng(0)
    start, function = state_at(rng.normal(size=(5, 2)))
    momentum = tf.constant(rng.normal(size=(5, 2)), tf.float32)
    how = constant(0.7, 0.1)
    end, final = hmc.leapfrog(function, start, momentum, *how)
    assert np.abs(end.z - start.z).min() > 0.1
    back, again = hmc.leapfrog(function, end, -final, *how)
    np.testing.assert_allclose(back.z, start.z, atol=1e-5)
    np.testing.assert_allclose(-again, momentum, atol=1e-5)
    np.testing.assert_allclose(back.value, start.value, rtol=1e-4)


def test_a_step_is_as_written_in_the_book():
    start, function = state_at([[0.4, -1.2]])
    momentum = np.float32([[0.3, 0.8]])
    power, step = 0.7, 0.2
    end, final = hmc.leapfrog(
        function, start, tf.constant(momentum), *constant(power, step), count=1
    )

    def slope(z):
        of_x = (X - z @ linear.WEIGHTS - linear.BIAS) @ linear.WEIGHTS.T
        return power * of_x / linear.VARIANCE - z

    half = momentum + step / 2 * slope(start.z.numpy())
    z = start.z.numpy() + step * half
    np.testing.assert_allclose(end.z, z, rtol=1e-5)
    np.testing.assert_allclose(final, half + step / 2 * slope(z), rtol=1e-4)


def test_the_error_of_the_energy_falls_as_the_square_of_the_step():
    rng = np.random.default_rng(4)
    start, function = state_at(rng.normal(size=(50, 2)))
    momentum = tf.constant(rng.normal(size=(50, 2)), tf.float32)
    errors = []
    for step, count in ((0.2, 5), (0.1, 10)):
        how = constant(1.0, step)
        end = hmc.leapfrog(function, start, momentum, *how, count=count)
        before = hmc.log_density(start, momentum, how[0])
        errors.append(np.std(hmc.log_density(*end, how[0]) - before))
    assert errors[1] > 1e-2
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.25)


@pytest.mark.parametrize(
    ("power", "start"),
    [(1.0, linear.draw(X, 6000)), (0.25, np.ones((6000, 2)))],
)
def test_moves_keep_the_moments_of_a_gaussian_and_find_them(power, start):
    state, function = state_at(start)
    taken = []
    for k in range(16):
        state, accepted = hmc.propose(
            function, state, *constant(power, 0.15), [3, k]
        )
        taken.append(np.mean(accepted))
    mean, covariance = linear.posterior(X, power)
    np.testing.assert_allclose(np.mean(state.z, 0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(state.z.numpy().T), covariance, atol=0.04)
    assert 0.5 < np.mean(taken) < 1
    # What it tells of z is of that z.
    value, slope = function(state.z)
    np.testing.assert_array_equal(state.value, value)
    np.testing.assert_array_equal(state.slope, slope)


def test_what_is_rejected_stays_and_nan_is_rejected():
    state, _ = state_at([[0.4, -1.2], [1.0, 0.3], [0.2, 0.2]])

    def strange(z):
        """Nowhere, better than here, worse than here."""
        value = tf.constant([math.nan, 1e9, -1e9], tf.float64)
        return value, tf.zeros_like(z)

    moved, accepted = hmc.propose(strange, state, *constant(1.0, 0.1), [0, 0])
    assert accepted.numpy().tolist() == [False, True, False]
    np.testing.assert_array_equal(moved.z[0], state.z[0])
    np.testing.assert_array_equal(moved.z[2], state.z[2])
    assert np.abs(moved.z[1] - state.z[1]).min() > 0 and moved.value[1] == 1e9


def test_the_step_follows_the_share_that_is_accepted():
    pace = hmc.first_pace()
    assert (float(pace.step), float(pace.accepted)) == pytest.approx(
        (0.01, 0.65)
    )
    # Not above what is wanted: smaller. Then above: .65 * .9 + .1 = .685.
    pace = pace.after(1.0)
    assert float(pace.step) == pytest.approx(0.0098)
    assert float(pace.accepted) == pytest.approx(0.685)
    pace = pace.after(0.0)
    assert float(pace.step) == pytest.approx(0.0098 * 1.02)
    assert float(pace.accepted) == pytest.approx(0.6165)
    far = hmc.Pace(tf.constant(0.495), tf.constant(0.9)).after(1.0)
    near = hmc.Pace(tf.constant(1.01e-4), tf.constant(0.1)).after(1.0)
    assert (float(far.step), float(near.step)) == pytest.approx((0.5, 1e-4))
