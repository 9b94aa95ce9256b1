"""The Frechet distance of two sets of features, each taken for a Gaussian.

Of Inception's features it is the FID; of others it is another metric, whose
numbers nothing can be compared with but its own.

References:
    Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter (2017), GANs Trained by
    a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium,
    https://arxiv.org/abs/1706.08500, eq. 6; code bioinf-jku/TTUR.
    Binkowski, Sutherland, Arbel, Gretton (2018), Demystifying MMD GANs,
    https://arxiv.org/abs/1801.01401, appendix D, of its bias.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score


class Moments:
    """Mean and covariance of features, in a memory that does not grow.

    Attributes:
        count: int, how many vectors there were.
        mean: float64 `[features]`.
    """

    def __init__(self, features: int):
        self.count = 0
        self.mean = np.zeros(features)
        self._scatter = np.zeros((features, features))

    @property
    def covariance(self) -> np.ndarray:
        """Float64 `[features, features]`, divided by count - 1.

        Raises:
            UserError: there are fewer than two vectors.
        """
        if self.count < 2:
            raise UserError(
                f"Two images at least have a covariance. Received: {self.count}"
            )
        return self._scatter / (self.count - 1)

    def update(self, vectors: np.ndarray) -> None:
        """Adds vectors, float `[count, features]`, one at least."""
        vectors = np.asarray(vectors, np.float64)
        mean = vectors.mean(0)
        centred = vectors - mean
        self._add(len(vectors), mean, centred.T @ centred)

    def merge(self, other: Moments) -> None:
        """Adds the vectors that another one has seen."""
        if other.count:
            self._add(other.count, other.mean, other._scatter)

    def _add(self, count, mean, scatter):
        """As Chan, Golub and LeVeque (1979) add sums of squares."""
        total = self.count + count
        shift = mean - self.mean
        self._scatter += scatter
        self._scatter += np.outer(shift, shift) * (self.count * count / total)
        self.mean = self.mean + shift * (count / total)
        self.count = total


def distance(a: Moments, b: Moments) -> float:
    """|m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), eq. 6.

    The trace of the root is the sum of the singular values of R1 R2', where
    S = R' R: the same number as TTUR's general square root, which fails where
    a covariance is singular, and always real.

    Raises:
        UserError: there are fewer than two vectors of one.
    """
    first, second = a.covariance, b.covariance
    roots = linalg.svdvals(_root(first) @ _root(second).T).sum()
    squared = np.sum((a.mean - b.mean) ** 2)
    total = squared + np.trace(first) + np.trace(second) - 2.0 * roots
    return max(float(total), 0.0)  # Of one set with itself, but for rounding.


def score(fake: Moments, real: Moments) -> Score:
    """The distance; its note says where a covariance is singular.

    Of as many vectors as features, or fewer, the covariance has not full rank:
    the distance is defined, and too large by far. It is larger on average
    for fewer vectors in any case, so that two are compared at one count alone.
    """
    note = ""
    if min(fake.count, real.count) <= len(real.mean):
        note = (
            f"too large: {fake.count} against {real.count} images for "
            f"{len(real.mean)} features have a singular covariance"
        )
    return Score(distance(fake, real), note=note)


def _root(covariance):
    """Float64 `[features, features]` R of R' R, the covariance."""
    values, vectors = linalg.eigh(covariance)
    return np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
