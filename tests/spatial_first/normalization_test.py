"""Fused batch normalisation over replicas against NumPy in float64."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.spatial_first import normalization

SHAPE = 2, 3, 8, 4  # The batch is third.
EPSILON = 0.01


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


@pytest.fixture
def given():
    """x, gain, bias and the gradient of y; replicas' moments differ much."""
    rng = np.random.default_rng(0)
    x = rng.normal(3.0, 2.0, SHAPE) * np.linspace(0.1, 4.0, SHAPE[2])[:, None]
    gain, bias = rng.normal(1.0, 0.5, (2, SHAPE[3]))
    return x, gain, bias, rng.normal(0.2, 1.0, SHAPE)


def expected_of(x, gain, bias, of_y):
    """y, the moments, and the gradients, by the paper's equations."""
    axes = 0, 1, 2
    count = np.prod(SHAPE[:3])
    mean, variance = x.mean(axes), x.var(axes)
    root = np.sqrt(variance + EPSILON)
    normalized = (x - mean) / root
    of_normalized = of_y * gain
    of_variance = -(of_normalized * (x - mean)).sum(axes) / (2 * root**3)
    of_mean = -of_normalized.sum(axes) / root
    of_x = (
        of_normalized / root
        + of_variance * 2 * (x - mean) / count
        + of_mean / count
    )
    y = gain * normalized + bias
    return (y, mean, variance), (
        of_x,
        (of_y * normalized).sum(axes),
        of_y.sum(axes),
    )


def found_by(strategy, x, gain, bias, of_y):
    """The same of replicas that have a share of the batch each."""
    replicas = strategy.num_replicas_in_sync

    def replica():
        here = tf.distribute.get_replica_context().replica_id_in_sync_group
        share = SHAPE[2] // replicas

        def own(array):
            return tf.constant(array, tf.float32)[
                :, :, here * share : (here + 1) * share
            ]

        inputs = own(x), *(tf.constant(v, tf.float32) for v in (gain, bias))
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            y, mean, variance = normalization.normalize(*inputs, EPSILON)
            # Statistics have no gradient: they would double it.
            cost = tf.reduce_sum(y * own(of_y)) + tf.reduce_sum(mean + variance)
        return (y, mean, variance), tape.gradient(cost, inputs)

    per_replica = tf.function(lambda: strategy.run(replica))()
    return tf.nest.map_structure(
        strategy.experimental_local_results, per_replica
    )


@pytest.mark.parametrize("replicas", [1, 2])
def test_values_and_gradients_are_those_of_the_global_batch(
    strategy_of, given, replicas
):
    (y, mean, variance), gradients = found_by(strategy_of(replicas), *given)
    expected, expected_gradients = expected_of(*given)

    def assert_close(found, wanted):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)

    assert_close(np.concatenate(y, 2), expected[0])
    for each in range(replicas):
        assert_close(mean[each], expected[1])
        assert_close(variance[each], expected[2])
    of_x, of_gain, of_bias = gradients
    assert_close(np.concatenate(of_x, 2), expected_gradients[0])
    # Optimizers sum what each replica's share of the cost has given.
    assert_close(np.sum(of_gain, 0), expected_gradients[1])
    assert_close(np.sum(of_bias, 0), expected_gradients[2])


def test_bfloat16_goes_in_and_out_and_statistics_stay_exact(strategy_of, given):
    x, gain, bias, _ = (tf.constant(value, tf.float32) for value in given)

    def replica():
        return normalization.normalize(
            tf.cast(x, tf.bfloat16), gain, bias, EPSILON
        )

    strategy = strategy_of(2)
    y, mean, variance = tf.nest.map_structure(
        lambda value: strategy.experimental_local_results(value)[0],
        tf.function(lambda: strategy.run(replica))(),
    )
    assert (y.dtype, mean.dtype, variance.dtype) == (
        tf.bfloat16,
        tf.float32,
        tf.float32,
    )
    rounded = tf.cast(tf.cast(x, tf.bfloat16), tf.float32).numpy()
    np.testing.assert_allclose(mean, rounded.mean((0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(variance, rounded.var((0, 1, 2)), rtol=1e-4)
