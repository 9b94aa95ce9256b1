"""What is left of pictures, for a network to make them of.

Functions of images uint8 `[count, height, width, 1 or 3]` -> uint8 of the same
sides, of one channel or as many.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from tfgan_ref.errors import UserError

# Of Sobel's magnitude, which is four times the height of a step.
_EDGE = 200.0
_SQUARE = 4  # Pixels, as lowres has them for one.
_MASKED = 128


def edges(images):
    """Black lines on white where Sobel's magnitude is over a fixed number.

    That of the channel where it is largest: over 200, so that a step of more
    than 50 levels is an edge.
    """
    levels = images.astype(np.float32)
    magnitude = np.hypot(_sobel(levels, 1), _sobel(levels, 2))
    strongest = magnitude.max(-1, keepdims=True)
    return np.where(strongest > _EDGE, 0, 255).astype(np.uint8)


def grey(images):
    """The luminance of colour, that of ITU-R BT.601.

    Raises:
        UserError: they are grey.
    """
    if images.shape[-1] == 1:
        raise UserError(
            "Images in colour were expected, of which grey ones are something "
            "else. Received: 1 channel"
        )
    luminance = images @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.rint(luminance).astype(np.uint8)[..., None]


def mask(images):
    """The middle, half as high and half as wide, is grey."""
    height, width = images.shape[1:3]
    rows, columns = (slice(n // 4, n - n // 4) for n in (height, width))
    masked = images.copy()
    masked[:, rows, columns] = _MASKED
    return masked


def lowres(images):
    """Squares of four by four pixels have their mean, rounded.

    Raises:
        UserError: the sides are no multiples of four.
    """
    count, height, width, channels = images.shape
    if height % _SQUARE or width % _SQUARE:
        raise UserError(
            f"Sides that are multiples of {_SQUARE} were expected. "
            f"Received: {height}x{width}"
        )
    rows, columns = height // _SQUARE, width // _SQUARE
    squares = images.reshape(count, rows, _SQUARE, columns, _SQUARE, channels)
    means = np.rint(squares.mean((2, 4))).astype(np.uint8)
    return means.repeat(_SQUARE, 1).repeat(_SQUARE, 2)


def _sobel(levels, axis):
    """The slope along an axis of `[count, height, width, channels]`."""
    # SciPy's own would also mix images and channels.
    slopes = ndimage.correlate1d(levels, [-1, 0, 1], axis, mode="nearest")
    return ndimage.correlate1d(slopes, [1, 2, 1], 3 - axis, mode="nearest")


KINDS = {"edges": edges, "grey": grey, "mask": mask, "lowres": lowres}
