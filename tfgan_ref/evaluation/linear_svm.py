"""Linear support vector machines with a squared hinge, one class against all.

scikit-learn's LinearSVC finds the same machine (LIBLINEAR, `dual=False`), but
of copies with 24 bytes a number, and one class after the other: 6,000 rows of
768 numbers took it 8 to 25 seconds, and products of matrices in float32, for
all classes at once, less than one. Hence the cost is written here; SciPy
minimises it.

Reference:
    Fan, Chang, Hsieh, Wang, Lin (2008), LIBLINEAR: A Library for Large Linear
    Classification, section 2, https://jmlr.org/papers/v9/fan08a.html
"""

from __future__ import annotations

import dataclasses

import numpy as np
import threadpoolctl
from scipy import optimize

# Relative to the cost, what a step has to gain: the end is within one percent
# of the least, in a third of the steps that another digit takes.
_GAIN = 1e-4
_PAIRS = 20  # Steps that the curvature is known from.


@dataclasses.dataclass(frozen=True, eq=False)
class LinearSVM:
    """A machine for each class; the one that is surest is right.

    Attributes:
        weights: float64 `[features + 1, classes]`, the last row the bias.
        cost: what was minimised, see `fit`.
    """

    weights: np.ndarray
    cost: float

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Classes int64 `[count]` of rows float32 `[count, features]`."""
        return _values(self.weights, features).argmax(1)


def fit(
    features: np.ndarray,
    labels: np.ndarray,
    classes: int,
    c: float,
    start: LinearSVM | None = None,
) -> LinearSVM:
    """Minimises |w|^2 / 2 + C sum max(0, 1 - y (w.x + b))^2, class by class.

    The bias is regularised as a weight is, as LIBLINEAR does.

        svm = fit(features, labels, classes=10, c=1e-3)
        right = np.mean(svm.predict(others) == wanted)

    Args:
        features: float32 `[count, features]`, standardised, else it is slow.
        labels: int `[count]` in [0, classes).
        classes: int.
        c: float > 0, C.
        start: from whose weights it begins, such as of a smaller C, which
            takes less time; None: from 0.
    """
    signs = np.where(labels[:, None] == np.arange(classes), 1.0, -1.0)
    shape = features.shape[1] + 1, classes
    first = np.zeros(shape) if start is None else start.weights
    # Several threads gain little by so few columns, and where other work has
    # the cores they wait for one another: 37 s, not 6.
    with threadpoolctl.threadpool_limits(1, "blas"):
        found = optimize.minimize(
            _cost,
            first.ravel(),
            (features, signs.astype(np.float32), c),
            jac=True,
            method="L-BFGS-B",
            options={"ftol": _GAIN, "gtol": 0.0, "maxcor": _PAIRS},
        )
    return LinearSVM(found.x.reshape(shape), float(found.fun))


def _cost(flat, features, signs, c):
    """The cost and its gradient, both float64."""
    weights = flat.reshape(-1, signs.shape[1])
    slack = np.maximum(1 - signs * _values(weights, features), 0)
    pull = signs * slack
    gradient = weights.copy()
    gradient[:-1] -= 2 * c * (features.T @ pull)
    gradient[-1] -= 2 * c * pull.sum(0, dtype=np.float64)
    hinge = np.sum(np.square(slack), dtype=np.float64)
    return np.sum(weights**2) / 2 + c * hinge, gradient.ravel()


def _values(weights, features):
    weights = weights.astype(np.float32)
    return features @ weights[:-1] + weights[-1]
