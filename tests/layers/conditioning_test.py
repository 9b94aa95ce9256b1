"""Conditioning augmentation against NumPy and SciPy."""

import numpy as np
import pytest
from scipy import integrate, stats

from tests.layers.registration import check_made_again
from tfgan_ref.layers import conditioning
from tfgan_ref.layers.conditioning import ConditioningAugmentation

LAW = np.float32([[0.5, -1.5, 0.25, -0.75], [0.0, 2.0, 0.0, 1.0]])
NOISE = np.float32([[1.0, -2.0], [0.5, 0.0]])


def test_noise_is_scaled_and_moved():
    made = ConditioningAugmentation()(LAW, NOISE)
    expected = [
        [0.5 + np.exp(0.25), -1.5 - 2 * np.exp(-0.75)],
        [0.5, 2.0],
    ]
    np.testing.assert_allclose(made, expected, rtol=1e-6)


def test_the_divergence_is_the_mean_of_those_of_the_numbers():
    expected = [
        np.mean([_divergence(m, np.exp(s)) for m, s in zip(*row, strict=True)])
        for row in LAW.reshape(2, 2, 2)
    ]
    received = conditioning.divergence(LAW).numpy()
    assert received.dtype == np.float32
    np.testing.assert_allclose(received, expected, rtol=1e-5)
    assert conditioning.divergence(np.zeros((1, 6))).numpy() == pytest.approx(0)


def _divergence(mean, scale):
    """Of N(mean, scale^2) to N(0, 1), by integration."""
    own, other = stats.norm(mean, scale), stats.norm()
    found, _ = integrate.quad(
        lambda x: own.pdf(x) * (own.logpdf(x) - other.logpdf(x)),
        mean - 12 * scale,
        mean + 12 * scale,
    )
    return found


def test_it_comes_back_from_its_configuration():
    check_made_again(ConditioningAugmentation)
