"""Bias and variance of estimates, beside what is known of them."""

import numpy as np
import pytest
from scipy import special, stats

from tfgan_ref.evaluation import gradient_estimates
from tfgan_ref.losses import adversarial
from tfgan_ref.models import categorical

P = np.array([0.5, 0.3, 0.15, 0.05])
THETA = np.array([0.2, -0.5, 0.4, 0.0])
Q = special.softmax(THETA)
OF_SAMPLES = Q * (np.log(Q / P) - stats.entropy(Q, P))  # Of KL(q, p).
BATCH, REPEATS = 16, 300


def measured(estimator, cost=None, **options):
    gan = gradient_estimates.at_the_best(P, estimator, THETA, **options)
    gan.compile("sgd", "sgd", generator_loss=cost)
    return gradient_estimates.measure(gan, BATCH, REPEATS)


def test_reinforce_has_no_bias_and_a_known_variance():
    plain, lower = (
        measured("reinforce", baseline=baseline) for baseline in (False, True)
    )
    for estimate in (plain, lower):
        np.testing.assert_allclose(estimate.exact, OF_SAMPLES, atol=1e-6)
        assert estimate.bias < 3 * estimate.bias_by_chance
    # One sample's gradient is cost (one-hot - q).
    costs = np.log(Q / P)[:, None]
    each = costs * (np.eye(4) - Q)
    variance = (Q @ each**2 - (Q @ each) ** 2).sum() / BATCH
    assert plain.variance == pytest.approx(variance, rel=0.2)
    assert lower.variance < 0.95 * variance


def test_the_relaxed_one_is_biased_and_varies_less():
    estimate = measured("gumbel_softmax", temperature=2.0)
    assert estimate.bias > 10 * estimate.bias_by_chance
    reinforce = measured("reinforce", baseline=False)
    assert estimate.variance < reinforce.variance / 4


def test_boundary_seeking_is_maximum_likelihood():
    estimate = measured("boundary_seeking")
    np.testing.assert_allclose(estimate.exact, Q - P, atol=1e-6)
    # Weights normalised over a minibatch have a bias of the order 1 / BATCH.
    assert estimate.bias < 0.2 * np.linalg.norm(Q - P)


def test_the_exact_gradient_is_of_the_gans_own_cost():
    gan = gradient_estimates.at_the_best(P, "reinforce", THETA)
    gan.compile(
        "sgd",
        "sgd",
        generator_loss=adversarial.non_saturating_generator_loss,
    )
    costs = np.logaddexp(0, -np.log(P / Q))  # -log D.

    def mean_cost(theta):
        return special.softmax(theta) @ costs

    steps = 1e-5 * np.eye(4)
    slope = [
        (mean_cost(THETA + s) - mean_cost(THETA - s)) / 2e-5 for s in steps
    ]
    np.testing.assert_allclose(gradient_estimates.exact(gan), slope, atol=1e-6)


def test_all_estimators_are_compared():
    found = gradient_estimates.compare(
        P, 8, 20, temperature=0.25, temperatures=[0.5]
    )
    listed = {name.partition(",")[0].partition("/")[0] for name in found}
    assert listed == {*categorical.ESTIMATORS}
    assert {"reinforce, baseline", "gumbel_softmax/0.5"} <= found.keys()
    embedding = found["embedding"]
    # theta + noise, whose gradient is that of the linear logits everywhere.
    exact = np.log(0.25 / P)
    expected = exact - 0.25 * (exact - exact.mean())
    assert embedding["bias"] == pytest.approx(np.linalg.norm(expected), 1e-4)
    assert embedding["deviation"] < 1e-6
