"""Adam as a differentiable function."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import optimizers, unrolling

RATE, BETAS, EPSILON = 0.1, (0.5, 0.9), 1e-3


def numpy_adam(parameter, gradient_of, m, v, count, steps):
    """Kingma and Ba (2015), algorithm 1 with the epsilon of section 2's end."""
    for t in range(count + 1, count + steps + 1):
        gradient = gradient_of(parameter)
        m = BETAS[0] * m + (1 - BETAS[0]) * gradient
        v = BETAS[1] * v + (1 - BETAS[1]) * gradient**2
        alpha = RATE * np.sqrt(1 - BETAS[1] ** t) / (1 - BETAS[0] ** t)
        parameter = parameter - alpha * m / (np.sqrt(v) + EPSILON)
    return parameter


def state(m, v, count):
    return unrolling.AdamState(
        [tf.constant(m)],
        [tf.constant(v)],
        tf.constant(count, tf.int64),
        tf.constant(RATE, tf.float64),
        *BETAS,
        EPSILON,
    )


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_the_steps_are_adams(steps):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(3, 3))
    start, m = rng.normal(size=(2, 3))
    v = rng.uniform(0.1, 1, 3)

    (moved,), first = unrolling.unroll(
        lambda x: tf.reduce_sum(tf.sin(tf.linalg.matvec(a, x[0]))),
        [tf.constant(start)],
        state(m, v, 4),
        steps,
    )

    def gradient(x):
        return a.T @ np.cos(a @ x)

    expected = numpy_adam(start, gradient, m, v, 4, steps)
    np.testing.assert_allclose(moved, expected, rtol=1e-12)
    if steps:
        np.testing.assert_allclose(first[0], gradient(start), rtol=1e-12)
    else:
        assert first == []


@pytest.mark.parametrize("make", [keras.optimizers.Adam, optimizers.FusedAdam])
def test_a_built_optimizer_takes_the_same_steps(make):
    variable = keras.Variable([1.0, -2.0, 0.5])
    optimizer = make(keras.optimizers.schedules.CosineDecay(0.1, 9), beta_1=0.3)
    optimizer.build([variable])
    gradients = [tf.constant([0.5, 1.0, -3.0]), tf.constant([2.0, 0.0, 1.0])]
    optimizer.apply(gradients[:1], [variable])
    (moved,), after = unrolling.adam_step(
        [variable.value], gradients[1:], unrolling.state_of(optimizer)
    )
    optimizer.apply(gradients[1:], [variable])
    np.testing.assert_allclose(moved, variable, rtol=3e-5)
    expected = unrolling.state_of(optimizer)
    np.testing.assert_allclose(after.moments[0], expected.moments[0], rtol=3e-5)
    np.testing.assert_allclose(
        after.velocities[0], expected.velocities[0], rtol=3e-5
    )
    assert int(after.iterations) == int(expected.iterations) == 2


def test_a_gradient_of_zero_has_a_slope():
    """Of a unit that is dead the second moment is 0, and its root has none."""
    x = tf.Variable([0.0, 2.0], dtype=tf.float64)
    with tf.GradientTape() as tape:
        (moved,), _ = unrolling.unroll(
            lambda y: tf.reduce_sum(tf.nn.relu(y[0]) * x),
            [tf.constant([-1.0, 1.0], tf.float64)],
            state(np.zeros(2), np.zeros(2), 0),
            2,
        )
        value = tf.reduce_sum(moved)
    assert np.isfinite(tape.gradient(value, x)).all()
