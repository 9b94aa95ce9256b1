"""Maximum likelihood, section 2.1 of Goodfellow (2016)."""

import numpy as np
import pytest
from scipy import integrate, optimize

from tests.claims.numbers import expected, measured
from tfgan_ref.data import mixture
from tools.dev.tutorial_claims import fig08

DATA = mixture.make([-1.0, 2.0], [0.4, 0.7], [3.0, 1.0])
POINTS = np.linspace(-6, 7, 4001)


def log_density(model, x):
    return model.log_prob(np.float64(x)[:, np.newaxis]).numpy()


def gaussian(mean, log_scale):
    return mixture.make([mean], np.exp(log_scale))


def test_the_best_gaussian_has_the_samples_mean_and_biased_variance():
    """Eq. (4), figure 8."""
    samples = DATA.sample(200, [1, 1]).numpy()[:, 0].astype(np.float64)
    found = optimize.minimize(
        lambda theta: -log_density(gaussian(*theta), samples).mean(), [0.5, 0.5]
    )
    mean, scale = found.x[0], np.exp(found.x[1])
    assert mean == pytest.approx(samples.mean(), abs=1e-4)
    # Divided by n, not by n - 1.
    assert scale**2 == pytest.approx(np.var(samples), rel=1e-4)


@pytest.mark.parametrize("place", [0, 1], ids=["mean", "log_scale"])
def test_nll_has_the_gradient_of_kl_from_the_data_to_the_model(place):
    """Eq. (4): to maximise the likelihood is to minimise KL(data, model)."""
    data = np.exp(log_density(DATA, POINTS))

    def nll(theta):
        density = log_density(gaussian(*theta), POINTS)
        return -integrate.simpson(data * density, x=POINTS)

    theta, step = np.array([0.3, 0.2]), np.zeros(2)
    step[place] = 1e-5
    slope = (nll(theta + step) - nll(theta - step)) / 2e-5
    # Of KL, by hand: the data's mean is -0.25, its second moment as follows.
    mean, second = -0.25, 0.75 * (1 + 0.16) + 0.25 * (4 + 0.49)
    variance = np.exp(2 * 0.2)
    spread = second - 2 * 0.3 * mean + 0.3**2
    expected = [(0.3 - mean) / variance, 1 - spread / variance]
    assert slope == pytest.approx(expected[place], rel=1e-6)


def test_figure_8_is_maximum_likelihood():
    computed = fig08.compute()
    found, samples = measured(computed), computed["samples"]
    assert len(samples) == fig08.COUNT
    assert found["mean"] == pytest.approx(samples.mean(), abs=1e-6)
    assert found["variance"] == pytest.approx(np.var(samples), rel=1e-6)
    assert found["slope"] < 1e-9
    assert expected(computed)["variance"] == np.var(samples)
    # -E log p of N(m, 1.2^2), from the data's two moments.
    mean, second = -0.25, 0.75 * (1 + 0.16) + 0.25 * (4 + 0.49)
    spread = second - 2 * computed["means"] * mean + computed["means"] ** 2
    nll = 0.5 * np.log(2 * np.pi * 1.44) + spread / 2.88
    np.testing.assert_allclose(computed["nll"], nll, rtol=1e-6)
