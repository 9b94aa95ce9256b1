"""The scores of what was kept of generated and of real images."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from tfgan_ref.evaluation import (
    class_accuracy,
    diversity,
    frechet,
    kernel_distance,
    ms_ssim,
    neighbours,
    parzen,
    sliced_wasserstein,
)
from tfgan_ref.evaluation.collecting import Collected
from tfgan_ref.evaluation.scores import Score


@dataclasses.dataclass(frozen=True)
class Sides:
    """What is compared.

    Attributes:
        fake: of generated images.
        real: of real ones.
        train: of the training images, or None.
        which: class, or None for all.
        seed: int, of everything that is drawn.
    """

    fake: Collected
    real: Collected
    train: Collected | None
    which: int | None
    seed: int

    @functools.cached_property
    def neighbours(self) -> neighbours.Comparison:
        """What the metrics of nearest neighbours share."""
        return neighbours.Comparison(
            self.fake.points(self.which), self.real.points(self.which)
        )


def _fid(sides):
    return frechet.score(
        sides.fake.moments[sides.which], sides.real.moments[sides.which]
    )


def _kid(sides):
    return kernel_distance.score(
        sides.fake.of_class(sides.which),
        sides.real.of_class(sides.which),
        sides.seed,
    )


def _inception_score(sides):
    return sides.fake.inception_score.score()


def _diversity(name, sides):
    return Score(float(diversity.measure(sides.fake.probabilities)[name]))


def _class_accuracy(sides):
    fake, which = sides.fake, sides.which
    return class_accuracy.score(
        fake.name,
        fake.rows_of(which, fake.probabilities),
        fake.rows_of(which, fake.labels),
    )


def _copying(sides):
    return neighbours.copying(sides.fake.vectors, sides.train.vectors)


def _swd(sides):
    fake, real = (side.pixels["swd"] for side in (sides.fake, sides.real))
    count = min(len(fake), len(real))
    return sliced_wasserstein.score(fake[:count], real[:count], sides.seed)


def _ms_ssim(sides):
    pairs = sides.fake.pixels["ms_ssim"]
    if sides.which is None:
        return ms_ssim.score(pairs)
    return ms_ssim.score(pairs[np.unique(sides.fake.labels) == sides.which])


def _parzen(sides):
    validation = (sides.train or sides.real).pixels["validation"]
    return parzen.score(
        sides.fake.pixels["parzen"], validation, sides.real.pixels["parzen"]
    )


SCORES: dict[str, Callable[[Sides], Score]] = {
    "fid": _fid,
    "kid": _kid,
    "inception_score": _inception_score,
    "precision": lambda sides: sides.neighbours.precision(),
    "recall": lambda sides: sides.neighbours.recall(),
    "density": lambda sides: sides.neighbours.density(),
    "coverage": lambda sides: sides.neighbours.coverage(),
    "one_nn": lambda sides: sides.neighbours.one_nn(sides.seed),
    "copying": _copying,
    **{
        name: functools.partial(_diversity, name)
        for name in ("classes_covered", "class_entropy", "confidence")
    },
    "class_accuracy": _class_accuracy,
    "swd": _swd,
    "ms_ssim": _ms_ssim,
    "parzen": _parzen,
}
