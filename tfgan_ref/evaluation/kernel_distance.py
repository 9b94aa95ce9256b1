"""The kernel distance of two sets of features: a squared MMD, unbiased.

References:
    Binkowski, Sutherland, Arbel, Gretton (2018), Demystifying MMD GANs,
    https://arxiv.org/abs/1801.01401; subsets as in clean-fid and
    torch-fidelity.
    Hoeffding (1948), A class of statistics with asymptotically normal
    distribution, section 5; Blom (1976), Some properties of incomplete
    U-statistics: of the error.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

SUBSETS = 100
SUBSET_SIZE = 1_000


class Estimate(NamedTuple):
    """Of two sets of one size.

    Attributes:
        value: the unbiased squared MMD.
        first: the mean of h(i, j) h(i, k), of three different images, where
            h(i, j) = k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i).
        second: the mean of h(i, j)^2.
    """

    value: float
    first: float
    second: float


def score(
    fake: np.ndarray,
    real: np.ndarray,
    seed: int = 0,
    *,
    subsets: int = SUBSETS,
    size: int = SUBSET_SIZE,
) -> Score:
    """The mean over random subsets of each, without replacement.

    It may be negative: its mean over sets of one law is 0, whatever their
    size. Its error is that of the mean; the spread over the subsets is
    another thing, since they share images.

    Args:
        fake: float `[count, features]`.
        real: the same, of another count maybe.
        seed: int, of the subsets.
        subsets: int, how many.
        size: int, of each; at most the smaller set is taken, and its note
            says so.

    Raises:
        UserError: there are fewer than four of one.
    """
    count = min(len(fake), len(real))
    if count < 4:
        raise UserError(
            f"The kernel distance is of four images at least. Received: {count}"
        )
    taken = min(size, count)
    generator = np.random.default_rng(seed)

    def some(vectors):
        return vectors[generator.choice(len(vectors), taken, replace=False)]

    found = [estimate(some(fake), some(real)) for _ in range(subsets)]
    mean = Estimate(*np.mean(found, 0))
    whole, part = (_variance(mean, n) for n in (count, taken))
    variance = (1.0 - 1.0 / subsets) * whole + part / subsets
    note = f"subsets of {taken} images" if taken < size else ""
    return Score(float(mean.value), math.sqrt(variance), note)


def estimate(x: np.ndarray, y: np.ndarray) -> Estimate:
    """The estimate with the kernel (x.y / features + 1)^3, and its moments.

    Args:
        x: float `[count, features]`.
        y: the same, as many.
    """
    n = len(x)
    x, y = (np.asarray(s, np.float64) for s in (x, y))
    h, cross = _kernel(x, x) + _kernel(y, y), _kernel(x, y)
    np.fill_diagonal(h, 0.0)
    pairs = n * (n - 1)
    value = h.sum() / pairs - 2.0 * cross.mean()
    h -= cross + cross.T
    np.fill_diagonal(h, 0.0)
    rows, squares = h.sum(1), np.vdot(h, h)
    return Estimate(
        value, (rows @ rows - squares) / (pairs * (n - 2)), squares / pairs
    )


def _kernel(x, y):
    base = x @ y.T
    base /= x.shape[1]
    base += 1.0
    return base * base * base


def _variance(mean, n):
    """Of the estimate of sets of n images: of a U-statistic of pairs.

    4 (n - 2) / (n (n - 1)) Var E[h | i] + 2 / (n (n - 1)) Var h. The first is
    0 of sets of one law.
    """
    of_one = max(mean.first - mean.value**2, 0.0)
    of_pair = max(mean.second - mean.value**2, 0.0)
    return (4.0 * (n - 2) * of_one + 2.0 * of_pair) / (n * (n - 1))
