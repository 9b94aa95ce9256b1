"""A picture to be edited, and what belongs to it: strokes, a mask."""

from __future__ import annotations

import os

import numpy as np

from tfgan_ref import picture_files
from tfgan_ref.data.fit import fit
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import WHITE, Colour
from tfgan_ref.picture_formats import Unreadable

_BLACK: Colour = (0, 0, 0)


class Reader:
    """Reads files of one size, for a model.

    Args:
        path: of the picture.
        shape: height, width and channels of the model's images.
        method: of `fit`, which brings all files to that shape; None: they
            have it.
        background: under the picture where it is transparent.

    Attributes:
        picture: float32 of that shape, in [0, 1].

    Raises:
        UserError: it cannot be read or is of another size.
    """

    def __init__(
        self,
        path: str,
        shape: tuple[int, int, int],
        *,
        method: str | None = None,
        background: Colour = WHITE,
    ):
        if method and shape[0] != shape[1]:
            raise UserError(
                "Pictures are fitted to squares; the model's images are "
                f"{shape[1]}x{shape[0]}. Received: --fit={method}"
            )
        self._path, self._shape, self._method = path, shape, method
        self._size: tuple[int, ...] | None = None
        self.picture = self._read(path, background)

    def strokes(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        """Strokes on a transparent ground.

        Returns:
            Their colours, float32 of the model's shape, and how opaque they
            are, float32 `[height, width, 1]`, both in [0, 1].

        Raises:
            UserError: as of a picture; or nothing is transparent, or all is.
        """
        # What shows through is the ground: so any format and mode will do.
        on_white, on_black = (self._read(path, c) for c in (WHITE, _BLACK))
        ground = np.max(on_white - on_black, -1, keepdims=True)
        opacity = 1.0 - np.clip(ground, 0.0, 1.0)
        if opacity.min() == 1.0:
            raise UserError(
                "Strokes on a transparent ground were expected, a picture "
                f"with alpha. Received: {path}, in which nothing is transparent"
            )
        if opacity.max() < 0.5:
            raise UserError(
                f"Opaque strokes were expected. Received: {path}, without any"
            )
        colours = on_black / np.maximum(opacity, 1.0 / 255.0)
        return np.minimum(colours, 1.0), opacity

    def mask(self, path: str) -> np.ndarray:
        """Where a mask is white, bool `[height, width, 1]`.

        Raises:
            UserError: as of a picture; or it hides nothing, or all.
        """
        levels = self._read(path, _BLACK, channels=1)
        hidden = levels >= 0.5
        if hidden.all() or not hidden.any():
            raise UserError(
                "A mask was expected, white where pixels are hidden and else "
                f"black. Received: {path}, which hides "
                f"{'all' if hidden.all() else 'nothing'}"
            )
        return hidden

    def _read(self, path, background, channels=None):
        """float32 `[height, width, channels]` in [0, 1]."""
        path = os.path.expanduser(path)
        *size, own = self._shape
        channels = channels or own
        if self._method is None:
            shape = (*size, channels)
            return picture_files.read_as(path, shape, background=background)
        if channels not in (1, 3):
            raise UserError(f"The model takes images of {channels} channels")
        try:
            pixels = picture_files.read(path, channels, background=background)
        except Unreadable as error:
            raise UserError(f"Cannot read {path}: it is {error}") from None
        self._check_size(path, pixels.shape[1::-1])
        fitted = fit(
            pixels,
            size[0],
            channels,
            method=self._method,
            background=background,
        )
        return fitted / np.float32(255.0)

    def _check_size(self, path, size):
        self._size = self._size or size
        if size != self._size:
            raise UserError(
                f"{self._path} has {self._size[0]}x{self._size[1]} pixels, and "
                "what belongs to it was expected to have as many. Received: "
                f"{path}, {size[0]}x{size[1]}"
            )
