"""Section 5.2: bounds of a likelihood, and what windows make of models."""

import numpy as np
import pytest
from scipy import stats

from tests.claims.numbers import expected, measured
from tools.dev.tutorial_claims import likelihood


@pytest.fixture(scope="module")
def computed():
    return likelihood.compute((10, 300), count=20)


def test_both_bounds_come_to_the_exact_likelihood(computed):
    (short, long), found = computed["bounds"], measured(computed)
    assert short[0] < -10 and short[1] > 5
    assert abs(long[0]) < 0.3 and 0 < long[1] < 1.5
    exact = expected(computed)
    assert exact["lower"] == exact["upper"]
    assert found["upper"] - exact["upper"] == pytest.approx(long[1])


def test_likelihoods_are_those_of_gaussians(computed):
    train, _, test = likelihood.split()
    assert 0 <= train.min() and train.max() < 1 and len(test) == 300
    model = likelihood._principal(train, 5)
    weights = likelihood._weights(model)
    covariance = weights.T @ weights + model.noise_variance_ * np.eye(64)
    exact = stats.multivariate_normal(train.mean(0), covariance).logpdf(test)
    place = likelihood.LATENTS.index(5)
    assert computed["likelihoods"][place] == pytest.approx(exact.mean())


def test_parzen_windows_reverse_the_order(computed):
    found = measured(computed)
    assert found["exact_40"] > found["exact_10"] + 10
    assert found["parzen_40"] < found["parzen_10"] - 2
    assert found["centres"] > found["images"] + 5
    # All models, from the one that windows like best.
    best = int(np.argmax(computed["windows"]))
    assert likelihood.LATENTS[best] == 10
    assert (np.diff(computed["likelihoods"]) > 0).all()
    assert (np.diff(computed["windows"][best:]) < 0).all()
