"""What an evaluation of a GAN gives."""

from __future__ import annotations

import dataclasses

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
