"""A linear decoder, of which everything is known: NumPy and SciPy."""

import numpy as np
from scipy import stats

from tfgan_ref.evaluation.likelihood.decoder import Decoder

WEIGHTS = np.float32([[1.3, -0.4, 0.2], [0.5, 0.9, -1.1]])
BIAS = np.float32([0.3, -0.2, 0.7])
VARIANCE = 0.3
X = np.float32([[0.9, 0.4, -0.6], [-1.5, 0.2, 1.3]])


def decoder(variance=VARIANCE):
    """x = z W + b and noise."""
    return Decoder(lambda z: z @ WEIGHTS + BIAS, 2, 3, variance)


def exact(x, variance=VARIANCE):
    """log N(x; b, W'W + variance I), float64 `[count]`."""
    covariance = WEIGHTS.T @ WEIGHTS + variance * np.eye(3)
    return stats.multivariate_normal(BIAS, covariance).logpdf(x)


def posterior(x, power=1.0, variance=VARIANCE):
    """Mean and covariance of p(z) p(x | z)^power, which is Gaussian."""
    precision = np.eye(2) + power * WEIGHTS @ WEIGHTS.T / variance
    covariance = np.linalg.inv(precision)
    return covariance @ WEIGHTS @ (x - BIAS) * power / variance, covariance


def draw(x, count, variance=VARIANCE):
    """Exact samples of the posterior of one x, float32 `[count, 2]`."""
    rng = np.random.default_rng(0)
    mean, covariance = posterior(x, 1.0, variance)
    return rng.multivariate_normal(mean, covariance, count).astype(np.float32)
