"""Discrete outputs, section 5.3 of Goodfellow (2016): by exact sums.

Three categories are enumerated: noise that is large at one of them has it
drawn, and each counts by its probability.
"""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, special, stats

from tests.claims.numbers import measured
from tfgan_ref.layers.draws import Scored
from tfgan_ref.losses import discrete, hinge
from tools.dev.tutorial_claims import discrete_outputs

THETA = np.array([0.4, -0.7, 0.1])
P = np.array([0.2, 0.5, 0.3])
Q = special.softmax(THETA)
BEST = np.log(P / Q)  # The discriminator's logits, eq. (9).
LARGE = 50.0 * np.eye(3)


def drawn(places, cost):
    """A minibatch's mean cost of choices, and its gradient by theta."""
    theta = tf.constant(THETA, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(theta)
        logits = tf.repeat(theta[None], len(places), 0)
        rows = Scored()(logits, LARGE[list(places)], training=True)
        choices = tf.reduce_sum(rows, -1)[:, None]
        value = tf.reduce_mean(cost(np.float32(BEST[list(places)]), choices))
    return float(value), np.float64(tape.gradient(value, theta))


def mean(cost, size=1):
    """Over all minibatches of that size, in float64."""
    found = [
        (np.prod(Q[list(places)]), *drawn(places, cost))
        for places in itertools.product(range(3), repeat=size)
    ]
    chances, values, gradients = map(np.array, zip(*found, strict=True))
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    return chances @ values, chances @ gradients


def slope(divergence):
    """Of a function of q's logits, by central differences in float64."""
    steps = 1e-5 * np.eye(3)
    return np.array(
        [
            (divergence(THETA + step) - divergence(THETA - step)) / 2e-5
            for step in steps
        ]
    )


def kl_of_data(theta):
    return stats.entropy(P, special.softmax(theta))


def kl_of_samples(theta):
    return stats.entropy(special.softmax(theta), P)


@pytest.mark.parametrize("baseline", [0.0, 1.0, -3.5])
def test_weights_exp_logit_give_the_gradient_of_kl_of_data_to_samples(baseline):
    """Maximum likelihood, with MaliGAN's baseline or without."""
    value, gradient = mean(
        lambda a, ones: discrete.boundary_seeking(a, ones, 1.0, baseline)
    )
    np.testing.assert_allclose(gradient, slope(kl_of_data), atol=1e-6)
    np.testing.assert_allclose(gradient, Q - P, atol=1e-6)
    assert value == pytest.approx(stats.entropy(P, Q), abs=1e-6)


@pytest.mark.parametrize("baseline", [0.0, -0.3, 2.0])
def test_reward_logit_gives_minus_the_gradient_of_kl_of_samples_to_data(
    baseline,
):
    """REINFORCE; no baseline changes its mean."""
    value, gradient = mean(
        lambda a, ones: discrete.reinforce(
            hinge.hinge_generator_loss(a)[:, None], ones, baseline
        )
    )
    np.testing.assert_allclose(gradient, slope(kl_of_samples), atol=1e-6)
    assert value == pytest.approx(stats.entropy(Q, P), abs=1e-6)


def test_the_mean_of_the_others_is_a_baseline():
    """That of the sample's own minibatch, itself included, is none."""

    def cost(baseline):
        def of(a, ones):
            costs = hinge.hinge_generator_loss(a)[:, None]
            return discrete.reinforce(costs, ones, baseline(costs))

        return mean(of, size=2)[1]

    def others(costs):
        return discrete.mean_of_others(costs, tf.reduce_mean(costs, 0), 2)

    exact = slope(kl_of_samples)
    np.testing.assert_allclose(cost(others), exact, atol=1e-6)
    np.testing.assert_allclose(
        cost(lambda costs: tf.reduce_mean(costs, 0)), exact / 2, atol=1e-6
    )


@pytest.mark.parametrize("temperature", [1.0, 0.3])
def test_the_greatest_of_logits_and_gumbel_noise_is_of_the_softmax(temperature):
    """By the integral over the greatest one's noise."""
    theta = THETA / temperature
    for k in range(3):
        others = np.delete(theta, k)

        def density(x, k=k, others=others):
            below = np.prod(stats.gumbel_r.cdf(x - others))
            return stats.gumbel_r.pdf(x - theta[k]) * below

        found, _ = integrate.quad(density, -20, 60, epsabs=1e-12, limit=200)
        assert found == pytest.approx(special.softmax(theta)[k], abs=1e-6)


def test_the_figure_compares_estimators_of_the_exact_gradient():
    computed = discrete_outputs.compute(minibatches=40)
    rows = computed["rows"]
    assert len(rows) == 6
    found = measured(computed)
    for name in ("reinforce", "reinforce, baseline"):
        # A distance of ten numbers, by chance about this one.
        chance = rows[name]["bias_by_chance"]
        assert found[f"bias_{name.replace(', ', '_')}"] < 3 * chance
    assert found["bias_gumbel_softmax"] > 3 * found["bias_reinforce"]
    assert found["deviation_gumbel_softmax"] < found["deviation_reinforce"]
