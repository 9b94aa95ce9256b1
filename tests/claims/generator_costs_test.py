"""The three costs of the generator, section 3.2 of Goodfellow (2016)."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, stats

from tfgan_ref.losses import adversarial
from tools.dev.tutorial_claims import fig16

MINIMAX = adversarial.minimax_generator_loss
NON_SATURATING = adversarial.non_saturating_generator_loss
MAXIMUM_LIKELIHOOD = adversarial.maximum_likelihood_generator_loss
# Of the data, and of the generator G(z) = MEAN + SCALE z.
DATA_MEAN, DATA_SCALE = 0.6, 0.8
MEAN, SCALE = -0.3, 1.1
Z = np.linspace(-7, 7, 2001)


def slope(loss, d):
    """Of the cost with respect to the logit, where D(G(z)) = d."""
    logits = tf.constant(np.log(d) - np.log1p(-np.float64(d)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = loss(logits)
    return np.float64(tape.gradient(cost, logits))


def optimal_logit(x):
    """log p_data / p_model, with the generator as it is now."""

    def log_density(mean, scale):
        return -0.5 * tf.square((x - mean) / scale) - np.log(scale)

    return log_density(DATA_MEAN, DATA_SCALE) - log_density(MEAN, SCALE)


def generator_gradient(loss):
    """Of E_z of the cost by mean and scale, the discriminator being frozen."""
    mean, scale = tf.Variable(MEAN), tf.Variable(SCALE)
    z = tf.constant(Z, tf.float32)
    weights = tf.constant(stats.norm.pdf(Z) * (Z[1] - Z[0]), tf.float32)
    with tf.GradientTape() as tape:
        costs = loss(optimal_logit(mean + scale * z))
        cost = tf.reduce_sum(weights * costs)
    return float(cost), np.float64(tape.gradient(cost, [mean, scale]))


def jensen_shannon(mean, scale):
    p, q = stats.norm(DATA_MEAN, DATA_SCALE), stats.norm(mean, scale)
    x = np.linspace(-9, 9, 4001)
    log_middle = np.logaddexp(p.logpdf(x), q.logpdf(x)) - np.log(2)
    return 0.5 * sum(
        integrate.simpson(r.pdf(x) * (r.logpdf(x) - log_middle), x=x)
        for r in (p, q)
    )


def test_minimax_generator_s_gradient_vanishes_where_samples_are_rejected():
    """Sections 3.2.2 and 3.2.3, eq. (10): the slope is -D."""
    d = np.array([1e-6, 0.01, 0.5, 0.9])
    np.testing.assert_allclose(slope(MINIMAX, d), -d, rtol=1e-5)


def test_non_saturating_gradient_is_strong_where_samples_are_rejected():
    """Section 3.2.3, eq. (13): the slope is -(1 - D)."""
    d = np.array([1e-6, 0.01, 0.5, 0.9])
    np.testing.assert_allclose(slope(NON_SATURATING, d), d - 1, rtol=1e-5)


def test_maximum_likelihood_gradient_comes_from_the_best_samples():
    """Section 3.2.6, figure 16: nearly all from where D is near 1."""
    d = np.array([1e-6, 0.01, 0.5, 0.99])
    np.testing.assert_allclose(
        slope(MAXIMUM_LIKELIHOOD, d), -d / (1 - d), rtol=1e-4
    )
    # One sample in a hundred that D takes for data outweighs the others.
    slopes = slope(MAXIMUM_LIKELIHOOD, np.array([0.05] * 99 + [0.99]))
    assert slopes[-1] / slopes.sum() > 0.94


def test_curves_of_figure_16_keep_their_order():
    """Section 3.2.6, figure 16: of rejected samples only one cost is steep."""
    rejected, accepted = 0.001, 0.95
    assert abs(slope(NON_SATURATING, rejected)) > 0.99
    assert abs(slope(MINIMAX, rejected)) < 0.002
    assert abs(slope(MAXIMUM_LIKELIHOOD, rejected)) < 0.002
    assert abs(slope(MAXIMUM_LIKELIHOOD, accepted)) > 18
    assert abs(slope(NON_SATURATING, accepted)) < 0.051


def test_maximum_likelihood_cost_has_the_gradient_of_kl():
    """Exercise 7.3, eq. (14), (33) and (34): with D optimal and frozen."""
    cost, gradient = generator_gradient(MAXIMUM_LIKELIHOOD)
    # The value itself tells nothing: E_q p/q = 1 for any two densities.
    assert cost == pytest.approx(-1, rel=1e-4)
    spread = DATA_SCALE**2 + (DATA_MEAN - MEAN) ** 2
    expected = [
        (MEAN - DATA_MEAN) / SCALE**2,
        1 / SCALE - spread / SCALE**3,
    ]
    np.testing.assert_allclose(gradient, expected, rtol=1e-4)


def test_minimax_cost_has_the_gradient_of_twice_the_jensen_shannon():
    """Section 3.2.2: the zero-sum game minimises the divergence."""
    _, gradient = generator_gradient(MINIMAX)
    step = 1e-4
    expected = [
        (
            jensen_shannon(MEAN + step, SCALE)
            - jensen_shannon(MEAN - step, SCALE)
        )
        / step,
        (
            jensen_shannon(MEAN, SCALE + step)
            - jensen_shannon(MEAN, SCALE - step)
        )
        / step,
    ]
    np.testing.assert_allclose(gradient, expected, rtol=1e-3)


def test_figure_16_has_the_slopes_of_the_equations():
    computed = fig16.compute()
    d, slopes = computed["d"], computed["slopes"]
    np.testing.assert_allclose(slopes["minimax"], -d, rtol=1e-5)
    np.testing.assert_allclose(slopes["non-saturating"], d - 1, rtol=1e-5)
    np.testing.assert_allclose(
        slopes["maximum likelihood"], -d / (1 - d), rtol=1e-5
    )
    np.testing.assert_allclose(
        computed["costs"]["non-saturating"], -np.log(d), rtol=1e-5
    )
    accepted = computed["numbers"]["maximum likelihood_accepted"]
    assert accepted["expected"] == pytest.approx(-19)
