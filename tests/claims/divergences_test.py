"""Which divergence, and which player moves first, decides what is learnt."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, optimize, special

from tests.claims.numbers import expected, measured
from tfgan_ref.data import mixture, toy
from tfgan_ref.losses import adversarial
from tools.dev.tutorial_claims import fig14, order

POINTS = np.linspace(-9, 9, 3601)[:, np.newaxis]
LOG_DATA = toy.two_gaussians().log_prob(POINTS).numpy()
# A discrete toy of four points.
P = np.array([0.4, 0.1, 0.3, 0.2])


def kl(log_p, log_q):
    """KL(p, q) of two densities on the points."""
    integrand = np.exp(log_p) * (log_p - log_q)
    return integrate.simpson(integrand, x=POINTS[:, 0])


def fit(cost, start):
    """The Gaussian of least cost, found downhill from a start."""

    def of_parameters(parameters):
        model = mixture.make([parameters[0]], np.exp(parameters[1]))
        return cost(model.log_prob(POINTS).numpy())

    found = optimize.minimize(of_parameters, [start, np.log(0.8)])
    return found.x[0], np.exp(found.x[1]), found.fun


@pytest.mark.parametrize("start", [-1.5, 0.7])
def test_kl_from_data_to_model_covers_both_modes(start):
    """Section 3.2.5, figure 14, left: maximum likelihood."""
    mean, scale, divergence = fit(lambda q: kl(LOG_DATA, q), start)
    assert mean == pytest.approx(0, abs=1e-3)
    # The data's own variance: 2^2 + 0.5^2.
    assert scale == pytest.approx(np.sqrt(4.25), abs=1e-3)
    assert divergence == pytest.approx(0.724, abs=5e-4)


@pytest.mark.parametrize("side", [-1, 1])
def test_kl_from_model_to_data_chooses_one_mode(side):
    """Section 3.2.5, figure 14, right: two minima, each on one mode."""
    mean, scale, divergence = fit(lambda q: kl(q, LOG_DATA), 1.2 * side)
    assert mean == pytest.approx(2 * side, abs=0.01)
    assert scale == pytest.approx(0.5, abs=0.01)
    # Of half the data it says nothing: log 2.
    assert divergence == pytest.approx(0.693, abs=5e-4)


def softmax_gradient_descent(value_gradient, steps, rate):
    """Minimises over distributions on the four points."""
    logits = np.array([0.3, -0.2, 0.1, 0.0])
    for _ in range(steps):
        q = special.softmax(logits)
        gradient = value_gradient(q)
        logits -= rate * q * (gradient - np.sum(q * gradient))
    return special.softmax(logits)


def minimax_costs(d):
    """log(1 - D) on each point."""
    logits = tf.constant(special.logit(d), tf.float32)
    return np.float64(adversarial.minimax_generator_loss(logits))


def test_min_max_recovers_the_data():
    """Section 5.1.1, eq. (16): the discriminator is optimal at every step."""
    learnt = softmax_gradient_descent(
        lambda q: minimax_costs(P / (P + q)), steps=3000, rate=1.0
    )
    np.testing.assert_allclose(learnt, P, atol=1e-4)


def ascend(logits, q, rate):
    """The discriminator's logits after a step up the value."""
    logits = tf.constant(logits, tf.float32)
    sure = tf.fill(logits.shape, 1e4)
    loss = adversarial.minimax_discriminator_loss
    with tf.GradientTape() as tape:
        tape.watch(logits)
        of_samples = np.float32(q) * loss(sure, logits)
        cost = tf.reduce_sum(np.float32(P) * loss(logits, -sure) + of_samples)
    return np.float64(logits) - rate * np.float64(tape.gradient(cost, logits))


def test_max_min_puts_all_mass_where_the_discriminator_is_most_deceived():
    """Section 5.1.1, eq. (17): mode collapse, though the data are not so.

    The generator plays its best against every discriminator on the way.
    """
    logits = special.logit([0.55, 0.3, 0.6, 0.45])
    chosen = []
    for _ in range(10):
        costs = minimax_costs(special.expit(logits))
        q = softmax_gradient_descent(
            lambda q, costs=costs: costs, steps=4000, rate=50.0
        )
        assert q.max() > 0.99 and q.argmax() == logits.argmax()
        chosen.append(int(q.argmax()))
        logits = ascend(logits, q, rate=1.0)
    assert chosen[0] == 2 and P[2] < P[0]  # Not where the data are most.
    # And it goes from mode to mode without an end.
    assert len(set(chosen)) > 1 and len(set(chosen[5:])) > 1


def test_figure_14_has_the_optima():
    computed = fig14.compute()
    found, wanted = measured(computed), expected(computed)
    assert found["forward_mean"] == pytest.approx(0, abs=1e-6)
    assert found["forward_scale"] == pytest.approx(np.sqrt(4.25), rel=1e-5)
    assert found["forward_kl"] == pytest.approx(0.7236, abs=5e-4)
    assert found["reverse_left"] == pytest.approx(-2, abs=0.01)
    assert found["reverse_right"] == pytest.approx(2, abs=0.01)
    assert found["reverse_kl"] == pytest.approx(np.log(2), abs=5e-4)
    # By quadrature, of the two moments' Gaussian.
    q = mixture.make([0.0], np.sqrt(4.25)).log_prob(POINTS).numpy()
    assert wanted["forward_kl"] == pytest.approx(kl(LOG_DATA, q), rel=1e-5)


def test_both_orders_are_those_of_closed_forms():
    """Eq. (16) and (17), of the module that the page shows."""
    computed = order.compute()
    np.testing.assert_allclose(computed["path"][-1], order.DATA, atol=1e-6)
    # The first step of the generator, by hand: its gradient by the logits is
    # q (c - E_q c) with c = log(1 - D) = log(q / (p + q)).
    p, q = order.DATA, special.softmax([0.3, -0.2, 0.1, 0.0])
    np.testing.assert_allclose(computed["path"][0], q)
    c = np.log(q / (p + q))
    second = special.softmax([0.3, -0.2, 0.1, 0.0] - q * (c - q @ c))
    np.testing.assert_allclose(computed["path"][1], second, rtol=1e-6)
    # The discriminator's ascent is by p (1 - D) - q D.
    logits = special.logit([0.55, 0.3, 0.6, 0.45])
    for q in computed["chosen"]:
        np.testing.assert_array_equal(q, np.eye(4)[logits.argmax()])
        d = special.expit(logits)
        logits = logits + p * (1 - d) - q * d
    found = measured(computed)
    assert (found["max_min"], found["visited"]) == (1, 3)
