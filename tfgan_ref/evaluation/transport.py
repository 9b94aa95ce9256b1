"""The earth mover's distance of points, exact, beside what a critic says of it.

References:
    Arjovsky, Chintala, Bottou (2017), Wasserstein GAN, eq. (1) and (2),
    https://arxiv.org/abs/1701.07875
"""

from __future__ import annotations

import numpy as np
from scipy import optimize
from sklearn import metrics

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.modes import ModeCoverage
from tfgan_ref.evaluation.result import Evaluation

_POINTS = 1000
_SEEDS = [0, 1], [0, 2]  # Of two draws of the data.


def earth_mover(first: np.ndarray, second: np.ndarray) -> float:
    """The earth mover's distance of two sets of as many points, W_1.

    It is the least mean distance over all ways to pair them (SciPy).

        earth_mover(np.array([[0.0], [1.0]]), np.array([[3.0], [0.0]]))  # 1.0

    Args:
        first: float `[count, dimensions]`.
        second: the same.

    Raises:
        UserError: there are not as many, or none, or one is not finite.
    """
    if first.shape != second.shape or not len(first):
        raise UserError(
            "Two sets of as many points were expected. Received: shapes "
            f"{list(first.shape)} and {list(second.shape)}"
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise UserError("Finite points were expected. Received: others")
    distances = metrics.pairwise_distances(first, second)
    return float(distances[optimize.linear_sum_assignment(distances)].mean())


class CriticCoverage(ModeCoverage):
    """The modes that samples cover, and how far they are from the data.

    Of 1,000 samples and as many points of the data: `eval/earth_mover/exact`,
    and `eval/earth_mover/critic`, mean f(x) - mean f(G(z)) of the critic, which
    is at most that times its slope. `eval/earth_mover/data` is the exact one
    between two draws of the data: what is left where samples are perfect.

    Args:
        density: of the data.
        samples: int, among which modes are counted.
    """

    def __init__(self, density, samples: int):
        super().__init__(density, samples)
        self._real, other = (
            density.sample(_POINTS, seed).numpy() for seed in _SEEDS
        )
        self._of_data = earth_mover(self._real, other)

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` of points."""
        made = gan.sample(np.arange(_POINTS)).numpy()
        real, fake = (
            np.mean(gan.discriminator(points, training=False))
            for points in (self._real, made)
        )
        return Evaluation(
            super().__call__(gan).scalars
            | {
                "eval/earth_mover/exact": earth_mover(made, self._real),
                "eval/earth_mover/critic": float(real - fake),
                "eval/earth_mover/data": self._of_data,
            }
        )
