"""What the best discriminator is, and the value of the game there."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, optimize, special

from tfgan_ref.data import mixture, toy
from tfgan_ref.losses import adversarial

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
