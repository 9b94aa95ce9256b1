"""Copying: samples that are training images, and not their like."""

from __future__ import annotations

import numpy as np

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import History

TAG = "diagnosis/copies"
_QUANTILE = 0.01
_THRESHOLD = 0.1
_QUERIES = 256


def measure(history: History) -> Measured | None:
    """The share of samples that are copies, at the last look at them."""
    values = history.last(TAG, 1)
    if not len(values):
        return None
    return Measured(
        "the share of samples nearer to one training image than such images "
        "are to each other is",
        float(values[-1]),
        _THRESHOLD,
        "theory: of samples that are no copies 0.01, and by chance more than "
        "0.1 of 64 once in 100,000 looks",
        high=True,
    )


def nearness(rows: np.ndarray, data: np.ndarray, own: bool = False):
    """How near the nearest example is, by the distance of the second.

    In a space of m dimensions the m-th power of it is uniform on [0, 1],
    however dense the data; of a blurred image, which is near to many, it is
    near 1, of a copy near 0.

    Args:
        rows: float `[n, d]`.
        data: float `[m, d]`, m >= 2, no two alike.
        own: bool, whether the rows are of the data: each is then not compared
            with itself, and m >= 3.

    Returns:
        float `[n]` in [0, 1].
    """
    # As one product, in the precision of the rows: a fifth of the time that
    # scikit-learn takes, and near zero only the order of magnitude counts.
    squares = np.sum(rows**2, -1)[:, None] + np.sum(data**2, -1)
    squares -= 2 * rows @ data.T
    nearest = np.partition(squares, 1 + own, -1)[:, : 2 + own]
    first, second = np.maximum(np.sort(nearest, -1)[:, -2:].T, 0)
    return np.sqrt(first / second)


def bound(data: np.ndarray) -> float:
    """What one example in a hundred is below, see `nearness`.

    Args:
        data: float `[m, d]`, m >= 3, no two alike.
    """
    step = -(-len(data) // _QUERIES)
    return float(np.quantile(nearness(data[::step], data, True), _QUANTILE))


def copies(samples: np.ndarray, data: np.ndarray, limit: float) -> float:
    """The share of samples that are nearer to one example than the bound."""
    return float(np.mean(nearness(samples, data) < limit))


SYMPTOM = Symptom(
    name="copying",
    section="5.2",
    advice=(
        "more data, --augment or --diff_augment, a narrower network, or fewer "
        "steps"
    ),
    needs="a picture after the first tenth, training images that are not too "
    "many to be compared with, and samples that are not made of real images",
    measure=measure,
)
