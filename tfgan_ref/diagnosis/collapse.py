"""Mode collapse: samples that are more alike than data are."""

from __future__ import annotations

import numpy as np

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import History

SPREAD, MODES = "diagnosis/spread", "diagnosis/modes"
CLASSES = "diagnosis/classes"
LOOKS = 3  # At samples, of which the median is taken.
_HALF = 0.5
_RISING = 1.1  # From the first look to the last: it has not ended.
_KINDS = {
    MODES: (
        "the share of the modes that samples cover is",
        "theory: exp(-KL(samples, data)) of their nearest modes; half of the "
        "modes give 1/2",
    ),
    CLASSES: (
        "the share of the classes that samples cover is",
        "theory: exp(-KL(samples, data)) of their classes; half of the classes "
        "give 1/2",
    ),
    SPREAD: (
        "the samples' mean squared distance, by that of data, is",
        "theory: of equal laws 1; recorded healthy runs: 0.7 to 1.2",
    ),
}


def measure(history: History) -> Measured | None:
    """The worst of what samples lack: modes, classes, distances.

    A generator begins with samples that are all alike. As long as they become
    more diverse, nothing is said.
    """
    found = []
    for tag, (what, source) in _KINDS.items():
        values = history.last(tag, LOOKS)
        if len(values) < LOOKS:
            continue
        value = float(np.median(values))
        if value < _HALF and values[-1] > _RISING * values[0]:
            continue
        found.append(Measured(what, value, _HALF, source, high=False))
    return min(found, key=lambda one: one.value, default=None)


def spread(
    samples: np.ndarray, data: np.ndarray, classes: np.ndarray | None = None
) -> float:
    """Mean squared distance of two samples over that of two examples.

    Args:
        samples: float `[n, d]`.
        data: float `[m, d]`.
        classes: int `[n + m]`, of samples and then of data; distances are then
            those within a class. NaN where no class has two of either.
    """
    if classes is None:
        classes = np.zeros(len(samples) + len(data), int)
    parts = np.split(classes, [len(samples)])
    of_samples, of_data = _within(samples, parts[0]), _within(data, parts[1])
    return of_samples / of_data if of_data > 0 else float("nan")


def _within(rows, classes):
    """Half the mean squared distance of two rows of one class."""
    squares, pairs = 0.0, 0
    for one in np.unique(classes):
        of_class = rows[classes == one].astype(np.float64)
        squares += np.sum((of_class - of_class.mean(0)) ** 2)
        pairs += len(of_class) - 1
    return squares / pairs if pairs else float("nan")


def covered(counts: np.ndarray, shares: np.ndarray) -> float:
    """exp(-KL(counts, shares)): the share of the modes that are covered.

    Args:
        counts: `[modes]`, of samples.
        shares: `[modes]`, of the data, of sum 1 and positive.

    Returns:
        In (0, 1]; m of n equal modes, each as often, give m / n.
    """
    found = counts / counts.sum()
    seen = found > 0
    return float(
        np.exp(-np.sum(found[seen] * np.log(found[seen] / shares[seen])))
    )


SYMPTOM = Symptom(
    name="mode_collapse",
    section="5.1.1",
    advice=(
        "minibatch features (recipes.minibatch), unrolling (recipes.unrolled), "
        "or smaller learning rates"
    ),
    needs="three pictures of samples after the first tenth, at logged steps",
    measure=measure,
)
