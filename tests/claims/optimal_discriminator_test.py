"""What the best discriminator is, and the value of the game there."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, optimize, special, stats

from tests.claims.numbers import expected, measured
from tfgan_ref.data import mixture, toy
from tfgan_ref.losses import adversarial
from tools.dev.tutorial_claims import fig35, theorem

# Data and model on five points, nowhere alike.
P = np.array([0.30, 0.05, 0.35, 0.10, 0.20])
Q = np.array([0.10, 0.25, 0.05, 0.20, 0.40])


def expected_cost(logits, p, q, alpha=1.0, beta=0.0):
    """Mean cost; the targets are alpha for data and beta for samples."""
    sure = tf.fill(logits.shape, 1e4)
    loss = adversarial.minimax_discriminator_loss
    # One logit in place, the other one such that it costs nothing.
    of_data = loss(logits, -sure, real_target=alpha)
    # Eq. (15)'s beta is what smoothing does to data's targets.
    of_samples = loss(logits, -sure, real_target=beta)
    if beta == 0.0:
        of_samples = loss(sure, logits)
    return tf.reduce_sum(p * of_data + q * of_samples)


def train(p, q, **targets):
    """A discriminator with a logit of its own for every point."""

    def cost_and_gradient(logits):
        logits = tf.constant(logits, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(logits)
            cost = expected_cost(
                logits, np.float32(p), np.float32(q), **targets
            )
        return float(cost), np.float64(tape.gradient(cost, logits))

    found = optimize.minimize(
        cost_and_gradient,
        np.linspace(-1, 1, len(p)),
        jac=True,
        options={"gtol": 1e-6},
    )
    return found.x, found.fun


def jensen_shannon(p, q):
    middle = (p + q) / 2
    return np.sum(special.rel_entr(p, middle) + special.rel_entr(q, middle)) / 2


def test_training_goes_to_data_over_data_plus_model():
    """Exercise 7.1, eq. (25)."""
    logits, _ = train(P, Q)
    np.testing.assert_allclose(special.expit(logits), P / (P + Q), atol=1e-3)
    np.testing.assert_allclose(logits, np.log(P / Q), atol=5e-3)


def test_training_between_known_densities_goes_to_the_ratio():
    """Figure 35: the discriminator estimates the ratio of the densities."""
    x = np.linspace(-3, 3, 25)[:, np.newaxis]
    data, model = toy.two_gaussians(), mixture.make([0.5], 1.5)
    log_p, log_q = data.log_prob(x).numpy(), model.log_prob(x).numpy()
    logits, _ = train(np.exp(log_p), np.exp(log_q))
    np.testing.assert_allclose(
        special.expit(logits), special.expit(log_p - log_q), atol=1e-3
    )


def test_value_at_the_optimum_is_twice_the_jensen_shannon_less_log_4():
    """Section 3.2.2, V = -J_D, without eq. (8)'s factor 1/2."""
    _, cost = train(P, Q)
    expected = 2 * jensen_shannon(P, Q) - np.log(4)
    assert -cost == pytest.approx(expected, rel=1e-5)


def test_at_equilibrium_nothing_is_told_apart_and_the_value_is_minus_log_4():
    """Section 3.2.2: D = 1/2 where the model is the data."""
    logits, cost = train(P, P)
    np.testing.assert_allclose(special.expit(logits), 0.5, atol=1e-3)
    assert -cost == pytest.approx(-np.log(4), rel=1e-6)


@pytest.mark.parametrize("alpha", [0.9, 0.75])
def test_one_sided_smoothing_only_scales_the_optimum(alpha):
    """Section 4.2, eq. (15) with beta = 0."""
    logits, _ = train(P, Q, alpha=alpha)
    expected = alpha * P / (P + Q)
    np.testing.assert_allclose(special.expit(logits), expected, atol=1e-3)


def test_two_sided_smoothing_accepts_samples_where_there_are_no_data():
    """Section 4.2, eq. (15) with beta > 0: the numerator has p_model in it."""
    alpha, beta = 0.9, 0.2
    logits, _ = train(P, Q, alpha=alpha, beta=beta)
    expected = (alpha * P + beta * Q) / (P + Q)
    np.testing.assert_allclose(special.expit(logits), expected, atol=1e-3)
    # A spurious mode: samples only.
    p, q = np.array([1.0, 1e-4]), np.array([0.2, 0.8])
    of_two_sides, _ = train(p, q, alpha=alpha, beta=beta)
    of_one_side, _ = train(p, q, alpha=alpha)
    assert special.expit(of_two_sides[1]) == pytest.approx(beta, abs=1e-3)
    assert special.expit(of_one_side[1]) < 1e-3


def test_density_ratio_gives_the_value_of_two_gaussians():
    """Eq. (25) put into eq. (8), for densities."""
    x = np.linspace(-9, 9, 3001)
    data, model = mixture.make([0.7], 1.0), mixture.make([-0.4], 1.3)
    log_p, log_q = (
        density.log_prob(x[:, np.newaxis]).numpy() for density in (data, model)
    )
    logits = tf.constant(log_p - log_q, tf.float32)
    loss = adversarial.minimax_discriminator_loss
    of_data = np.float64(loss(logits, tf.fill(logits.shape, -1e4)))
    of_samples = np.float64(loss(tf.fill(logits.shape, 1e4), logits))
    p, q = np.exp(log_p), np.exp(log_q)
    value = -integrate.simpson(p * of_data + q * of_samples, x=x)
    middle = (p + q) / 2
    divergence = integrate.simpson(
        special.rel_entr(p, middle) + special.rel_entr(q, middle), x=x
    )
    assert value == pytest.approx(divergence - np.log(4), rel=1e-6)


def test_figure_35_is_the_ratio_of_the_densities():
    computed = fig35.compute(steps=2000)
    x = fig35.X
    p = stats.norm.pdf(x)
    q = 0.7 * stats.norm(1, 0.8).pdf(x) + 0.3 * stats.norm(4.5, 0.4).pdf(x)
    for name, of in (("p", p), ("q", q)):
        np.testing.assert_allclose(computed[name], of, rtol=0.01)
    seen, both = p + q > 0.02, np.minimum(p, q) > 0.015
    np.testing.assert_allclose(
        computed["d"][seen], (p / (p + q))[seen], atol=0.02
    )
    np.testing.assert_allclose(computed["ratio"][both], (p / q)[both], rtol=0.1)
    found, wanted = measured(computed), expected(computed)
    assert found["ratio_rare"] > found["ratio"] > 1
    assert found["value"] == pytest.approx(wanted["value"], abs=3e-3)
    middle = (p + q) / 2
    divergence = integrate.simpson(
        special.rel_entr(p, middle) + special.rel_entr(q, middle), x=x
    )
    assert wanted["value"] == pytest.approx(divergence - np.log(4), abs=2e-3)


def test_the_theorem_holds_both_ways():
    """V + log 4 is 0 where the model is the data, and nowhere else."""
    p, q = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.1, 0.4, 0.0, 0.5])
    assert theorem.value(p, p) == pytest.approx(-np.log(4))
    assert theorem.value(p, q) == pytest.approx(
        2 * jensen_shannon(p, q) - np.log(4)
    )
    computed = theorem.compute(pairs=200, seed=3)
    distances, excess = computed["distances"], computed["excess"]
    assert distances.min() < 0.02 and distances.max() > 0.5
    # Pinsker's inequality for either half, and Lin's bound.
    assert (excess > 0.99 * distances**2).all()
    assert (excess < 2 * np.log(2) * distances).all()
    found = measured(computed)
    assert found["low"] == pytest.approx((excess / distances**2).min())
    assert found["equal"] == pytest.approx(-np.log(4))
