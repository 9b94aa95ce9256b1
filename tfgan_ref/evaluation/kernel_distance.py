"""The kernel distance of two sets of features: a squared MMD, unbiased.

Reference:
    Binkowski, Sutherland, Arbel, Gretton (2018), Demystifying MMD GANs,
    https://arxiv.org/abs/1801.01401; subsets as in clean-fid and
    torch-fidelity.
"""

from __future__ import annotations

import math

import numpy as np

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

SUBSETS = 100
SUBSET_SIZE = 1_000


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
    size. Its error is not the spread over the subsets, which share images,
    but an upper bound of the standard error, see `_standard_error`.

    Args:
        fake: float `[count, features]`.
        real: the same, of another count maybe.
        seed: int, of the subsets.
        subsets: int, how many.
        size: int, of each; at most half of the smaller set is taken, without
            which nothing would be known of the error; its note says so.

    Raises:
        UserError: there are fewer than four of one.
    """
    count = min(len(fake), len(real))
    if count < 4:
        raise UserError(
            f"The kernel distance is of four images at least. Received: {count}"
        )
    taken = min(size, count // 2)
    generator = np.random.default_rng(seed)
    values = np.array(
        [
            squared_mmd(
                fake[generator.choice(len(fake), taken, replace=False)],
                real[generator.choice(len(real), taken, replace=False)],
            )
            for _ in range(subsets)
        ]
    )
    note = f"subsets of {taken} images" if taken < size else ""
    return Score(
        float(values.mean()), _standard_error(values, taken / count), note
    )


def squared_mmd(x: np.ndarray, y: np.ndarray) -> float:
    """The unbiased estimate with the kernel (x.y / features + 1)^3.

    Args:
        x: float64 `[count, features]`.
        y: the same, as many.
    """
    x, y = (np.asarray(s, np.float64) for s in (x, y))
    n = len(x)
    within = sum(_sum_of_kernel(s, s) - _diagonal(s) for s in (x, y))
    return within / (n * (n - 1)) - 2.0 * _sum_of_kernel(x, y) / n**2


def _sum_of_kernel(x, y):
    base = x @ y.T
    base /= x.shape[1]
    base += 1.0
    return float(np.vdot(base * base, base))


def _diagonal(x):
    return float(np.sum((np.sum(x * x, 1) / x.shape[1] + 1.0) ** 3))


def _standard_error(values, share):
    """An upper bound of the standard error of the mean over subsets.

    A subset's estimate is a U-statistic of variance V, of which the subsets
    of these sets show v = V - W alone, where W is the variance of the
    estimate of whole sets, and W <= share * V (Hoeffding, 1948, theorem 5.2):
    it is share * V where the sets are far apart, share^2 * V if they are of
    one law. The mean of B subsets then has (1 - 1/B) W + V/B (Blom, 1976).

    Args:
        values: float64 `[B]`.
        share: float in (0, 1), of a set that is in a subset.
    """
    variance = values.var(ddof=1) / (1.0 - share)
    b = len(values)
    return math.sqrt(variance * ((1.0 - 1.0 / b) * share + 1.0 / b))
