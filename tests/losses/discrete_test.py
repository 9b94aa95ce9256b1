"""Costs of choices, against numbers by hand."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import discrete

COSTS = np.float32([[2.0], [-1.0], [0.5]])
OF_EACH = np.float32([[2.0, 1.0], [-1.0, 4.0], [0.5, -3.0]])
ONES = np.ones([3, 2], np.float32)


def slopes(function):
    """The costs, and the gradient of their sum by the choices."""
    choices = tf.constant(ONES)
    with tf.GradientTape() as tape:
        tape.watch(choices)
        costs = function(choices)
    return costs.numpy(), tape.gradient(costs, choices).numpy()


def test_reinforce_is_the_cost_and_each_choice_has_its_gain():
    costs, found = slopes(lambda ones: discrete.reinforce(COSTS, ones))
    np.testing.assert_array_equal(costs, [2.0, -1.0, 0.5])
    np.testing.assert_array_equal(found, np.repeat(COSTS, 2, 1))
    lower = np.float32([[0.5, 2.0]])
    costs, found = slopes(lambda x: discrete.reinforce(OF_EACH, x, lower))
    np.testing.assert_array_equal(costs, [1.0, 4.0, -3.0])
    np.testing.assert_array_equal(found, OF_EACH - lower)


def test_others_are_all_but_the_row():
    mean = OF_EACH.mean(0)
    found = discrete.mean_of_others(OF_EACH, mean, 3)
    others = [np.delete(OF_EACH, k, 0).mean(0) for k in range(3)]
    np.testing.assert_allclose(found, others, rtol=1e-6)


@pytest.mark.parametrize("count", [1, tf.constant(1)])
def test_a_row_alone_is_its_own_baseline(count):
    row = OF_EACH[:1]
    found = discrete.mean_of_others(row, row[0], count)
    np.testing.assert_array_equal(found, row)


def test_weights_are_exponentials_that_stay_finite():
    logits = np.float32([0.5, -1.0, 80.0, -200.0])
    weights = discrete.importance_weights(logits)
    np.testing.assert_allclose(weights, np.exp([0.5, -1, 70, -70]), rtol=1e-5)
    two = logits[:2]
    costs, found = slopes(
        lambda x: discrete.boundary_seeking(two, x[:2], 2.0, 0.25)
    )
    w = np.exp(np.float64(two)) / 2
    np.testing.assert_allclose(costs, w * two, rtol=1e-6)
    expected = np.append(0.25 - w, 0.0)[:, None] * [[1, 1]]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_seqgans_reward_is_the_probability_of_real():
    logits = np.float32([2.0, -1.5, 0.0])
    found = discrete.sigmoid_generator_loss(logits)
    expected = -1 / (1 + np.exp(-np.float64(logits)))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_nothing_flows_back_through_the_logits():
    logits = tf.constant([0.5, -1.0])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        costs = discrete.boundary_seeking(logits, ONES[:2], 1.0)
        costs += discrete.reinforce(logits[:, None], ONES[:2], logits[:, None])
    assert tape.gradient(costs, logits) is None
