"""Maximum likelihood, section 2.1 of Goodfellow (2016)."""

import numpy as np
import pytest
from scipy import integrate, optimize

from tfgan_ref.data import mixture

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
