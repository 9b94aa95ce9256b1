"""Gradients of the three costs, sample by sample: exercise 7.3 and 3.2.6.

The discriminator is frozen at its optimum between two Gaussians. Expectations
come from quadrature and closed forms in NumPy's float64.
"""

import functools

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tests.claims.numbers import expected, measured
from tfgan_ref.losses import adversarial
from tools.dev.tutorial_claims import exercise73

DATA_MEAN, DATA_SCALE = 0.6, 0.8
MEAN, SCALE = -0.3, 1.1
COUNT = 200_000
COSTS = {
    "minimax": adversarial.minimax_generator_loss,
    "non_saturating": adversarial.non_saturating_generator_loss,
    "maximum_likelihood": adversarial.maximum_likelihood_generator_loss,
}
KL_GRADIENT = np.array(
    [
        (MEAN - DATA_MEAN) / SCALE**2,
        1 / SCALE - (DATA_SCALE**2 + (DATA_MEAN - MEAN) ** 2) / SCALE**3,
    ]
)


@functools.cache
def gradients(name):
    """Each sample's, by mean and scale `[2, COUNT]`, and by the logit."""
    z = np.random.default_rng(7).normal(size=COUNT)
    mean, scale = tf.fill([COUNT], MEAN), tf.fill([COUNT], SCALE)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([mean, scale])
        x = mean + scale * tf.constant(z, tf.float32)
        # Frozen: the generator's parameters in it are numbers.
        of_data = -0.5 * tf.square((x - DATA_MEAN) / DATA_SCALE)
        of_model = -0.5 * tf.square((x - MEAN) / SCALE)
        logits = of_data - of_model + np.log(SCALE / DATA_SCALE)
        costs = COSTS[name](logits)
    by_parameters = np.float64(tape.gradient(costs, [mean, scale]))
    return by_parameters, np.float64(tape.gradient(costs, logits))


def deviations(name):
    """From the gradient of KL, in standard errors; and these themselves."""
    samples, _ = gradients(name)
    errors = samples.std(1) / np.sqrt(COUNT)
    return (samples.mean(1) - KL_GRADIENT) / errors, errors


def relative_variance(values):
    return values.var() / values.mean() ** 2


def expected_relative_variance(slope):
    """By quadrature over the model's samples, of a function of p/q."""
    x = np.linspace(-9, 9, 20001)
    model = stats.norm(MEAN, SCALE)
    weights = model.pdf(x) * (x[1] - x[0])
    slopes = slope(stats.norm(DATA_MEAN, DATA_SCALE).pdf(x) / model.pdf(x))
    first, second = weights @ slopes, weights @ slopes**2
    return second / first**2 - 1


def test_maximum_likelihood_samples_have_the_gradient_of_kl():
    """Exercise 7.3, eq. (14): within the standard error, which is small."""
    found, errors = deviations("maximum_likelihood")
    assert np.abs(found).max() < 4
    assert (errors < 0.01 * np.abs(KL_GRADIENT).max()).all()


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_the_other_two_costs_have_another_gradient(name):
    """Section 3.2.6: they are not maximum likelihood."""
    assert np.abs(deviations(name)[0]).max() > 40


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("minimax", lambda ratio: ratio / (1 + ratio)),
        ("non_saturating", lambda ratio: 1 / (1 + ratio)),
        ("maximum_likelihood", lambda ratio: ratio),
    ],
)
def test_relative_variance_is_that_of_the_equation(name, slope):
    """Section 3.2.6, with D = r / (1 + r) and r = p_data / p_model."""
    _, by_logit = gradients(name)
    assert relative_variance(by_logit) == pytest.approx(
        expected_relative_variance(slope), rel=0.03
    )


def test_maximum_likelihood_has_the_variance_of_chi_squared():
    """Section 3.2.6: its slopes are the ratio p/q, of mean 1."""
    _, by_logit = gradients("maximum_likelihood")
    spread = 2 * SCALE**2 - DATA_SCALE**2
    factor = SCALE**2 / (DATA_SCALE * np.sqrt(spread))
    chi_squared = factor * np.exp((DATA_MEAN - MEAN) ** 2 / spread) - 1
    assert by_logit.var() == pytest.approx(chi_squared, rel=0.03)


def test_variances_are_in_the_order_of_figure_16():
    """Section 3.2.6: few samples dominate the maximum likelihood gradient."""
    variances = [
        relative_variance(gradients(name)[1])
        for name in ("non_saturating", "minimax", "maximum_likelihood")
    ]
    assert variances[1] > 1.5 * variances[0]
    assert variances[2] > 1.5 * variances[1]


def test_exercise_73_has_the_gradient_of_kl():
    computed = exercise73.compute(count=50_000)
    found, wanted = measured(computed), expected(computed)
    # (mean - data's mean) / variance, by hand.
    assert wanted["kl"] == pytest.approx(-1.8 / 1.21)
    assert abs(found["kl"] - wanted["kl"]) < 4 * found["error"]
    assert found["error"] < 0.03
    shares = [found[f"share_{name}"] for name in ("non_saturating", "minimax")]
    assert 1 > shares[0] > shares[1] > 2 * found["share_maximum_likelihood"] > 0
    # E r^2 of r = p/q, whose mean is 1.
    x = np.linspace(-12, 12, 40001)
    q = stats.norm(-1.2, 1.1).pdf(x)
    second = np.sum(stats.norm(0.6, 0.8).pdf(x) ** 2 / q) * (x[1] - x[0])
    assert wanted["share_maximum_likelihood"] == pytest.approx(1 / second)


def test_the_effective_share_of_alike_is_1_and_of_one_alone_1_in_n():
    assert exercise73.effective_share(np.full(7, -2.0)) == pytest.approx(1)
    assert exercise73.effective_share(np.array([3.0, 0, 0, 0])) == 0.25
