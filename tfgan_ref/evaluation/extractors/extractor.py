"""What an extractor of features is."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from tfgan_ref.errors import UserError


class Features(NamedTuple):
    """Of some images.

    Attributes:
        vectors: float32 `[count, features]`.
        probabilities: float32 `[count, classes]`, or None of an extractor
            that does not classify.
    """

    vectors: np.ndarray
    probabilities: np.ndarray | None = None


class Extractor(Protocol):
    """A function of images, with a name."""

    @property
    def name(self) -> str:
        """Which names of metrics carry.

        `classifier`, `pixels`, `inception2015`, `inception_keras` or `user`.
        """
        ...

    @property
    def sha256(self) -> str | None:
        """Of its file in hexadecimal, None where it has none."""
        ...

    @property
    def resize(self) -> str | None:
        """How images are brought to its size, None where they are not."""
        ...

    def __call__(self, images: np.ndarray) -> Features:
        """Extracts the features.

        Args:
            images: uint8 `[count, height, width, channels]`.

        Raises:
            UserError: it is for images of another shape.
        """
        ...


def check_shape(name: str, received, expected) -> None:
    """Raises `UserError` for images of a shape that an extractor is not for.

    Args:
        name: of the extractor.
        received: `(height, width, channels)`.
        expected: the same; None where any size will do.
    """
    fits = len(received) == len(expected) and all(
        b is None or a == b for a, b in zip(received, expected, strict=True)
    )
    if not fits:
        raise UserError(
            f"The extractor {name} is for images of shape {list(expected)}. "
            f"Received: {list(received)}"
        )
