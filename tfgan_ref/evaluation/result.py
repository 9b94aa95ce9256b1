"""What an evaluation of a GAN gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The numbers and pictures of one evaluation.

    Attributes:
        scalars: tag, which begins with `eval/`, -> number.
        pictures: tag -> uint8 `[height, width, channels]`.
    """

    scalars: dict[str, float]
    pictures: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)


def together(
    evaluations: Sequence[Callable[..., Evaluation]],
) -> Callable[..., Evaluation] | None:
    """One evaluation of several, which share no name; None of none."""
    if len(evaluations) < 2:
        return next(iter(evaluations), None)

    def evaluate(gan) -> Evaluation:
        results = [evaluation(gan) for evaluation in evaluations]
        return Evaluation(
            {k: v for result in results for k, v in result.scalars.items()},
            {k: v for result in results for k, v in result.pictures.items()},
        )

    return evaluate
