"""TRPO's step against the same in NumPy, float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.imitation.natural_step import (
    NaturalStep,
    assign,
    conjugate_gradients,
    flat,
)


@pytest.fixture(autouse=True)
def eager():
    """Graphs are for learners, whose tests have some."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def test_conjugate_gradients_solve_a_system():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(5, 5))
    matrix, right = root @ root.T + 0.5 * np.eye(5), rng.normal(size=5)
    found = conjugate_gradients(
        lambda v: tf.linalg.matvec(tf.constant(matrix), v),
        tf.constant(right),
        5,
    )
    np.testing.assert_allclose(found, np.linalg.solve(matrix, right), rtol=1e-7)
    # Once it is there it stays.
    again = conjugate_gradients(lambda v: v, tf.constant(right), 10)
    np.testing.assert_allclose(again, right, rtol=1e-12)


def test_variables_are_a_vector_and_back():
    variables = [keras.Variable(np.zeros((2, 3), "f4")), keras.Variable(1.0)]
    vector = tf.range(7, dtype=tf.float32)
    assign(variables, vector)
    np.testing.assert_array_equal(variables[0], [[0, 1, 2], [3, 4, 5]])
    assert float(variables[1]) == 6
    np.testing.assert_array_equal(flat(variables), vector)


ROWS = np.float32([[1.0, 0.5], [-0.5, 2.0], [0.3, -1.0]])


def step_of(bound, slope):
    """Of cost slope . w and divergence mean((row . (w - start))^2)."""
    start = np.float32([0.4, -0.7])
    weights = keras.Variable(start)

    def measure(rows):
        moved = tf.linalg.matvec(rows, weights - start)
        cost = tf.reduce_sum(tf.constant(slope, tf.float32) * weights)
        return cost, tf.reduce_mean(tf.square(moved))

    step = NaturalStep([weights], measure, bound=bound, damping=0.1)
    # Every row alike: whichever tenth is drawn, the curvature is the same.
    rows = tf.constant(np.tile(ROWS[:1], (8, 1)))
    logs = step((rows,), np.random.default_rng(0))
    return weights.numpy() - start, logs


@pytest.mark.parametrize("bound", [0.01, 0.3])
def test_a_step_is_as_long_as_the_divergence_allows(bound):
    slope = np.array([0.2, -0.1])
    moved, logs = step_of(bound, slope)
    damped = 2 * np.outer(ROWS[0], ROWS[0]) + 0.1 * np.eye(2)
    direction = -np.linalg.solve(damped, slope)
    length = np.sqrt(0.5 * direction @ damped @ direction / bound + 1e-8)
    np.testing.assert_allclose(moved, direction / length, rtol=1e-4)
    assert logs["halvings"] == 0
    divergence = (ROWS[0] @ moved) ** 2
    assert logs["divergence"] == pytest.approx(divergence, rel=1e-3)
    start = slope @ np.array([0.4, -0.7])
    assert logs["cost"] == pytest.approx(start + slope @ moved, rel=1e-4)


def test_without_a_slope_there_is_no_step():
    moved, _ = step_of(0.01, [0.0, 1e-8])
    np.testing.assert_array_equal(moved, [0, 0])


def bent(curve, wall=0.0):
    """A step from 0 on a cost that its slope, -1, says little of."""
    weight = keras.Variable([0.0])

    def measure(rows):
        x = weight[0]
        divergence = tf.reduce_mean(rows) * tf.square(x) + wall * x**4
        return -x + curve * tf.square(x), divergence

    step = NaturalStep([weight], measure, bound=0.5, damping=0.0)
    logs = step((tf.ones([4]),), np.random.default_rng(0))
    return float(weight[0]), logs


def test_a_step_is_halved_until_it_is_worth_it():
    # d'Hd / 2 = .5 at x = 1 / sqrt(2), and -x + c x^2 <= -.1 x for x <= .9 / c.
    longest = 0.5**0.5
    x, logs = bent(1.0)
    assert (x, logs["halvings"]) == (pytest.approx(longest, rel=1e-5), 0)
    x, logs = bent(4.0)
    assert (x, logs["halvings"]) == (pytest.approx(longest / 4, rel=1e-5), 2)
    # The curvature at 0 does not see the wall: .5 + 9 / 4 is beyond 2 * .5.
    x, logs = bent(0.0, wall=9.0)
    assert (x, logs["halvings"]) == (pytest.approx(longest / 2, rel=1e-5), 1)


def test_a_step_that_is_never_worth_it_is_none():
    x, logs = bent(1e5)
    assert (x, logs["halvings"], logs["divergence"]) == (0.0, 10, 0.0)
