"""Images as a person sees them: levels of uint8, and grids of them."""

import math

import numpy as np

_GREY = 128  # Of the empty cells of a grid.


def draw_images(images):
    """Images float `[count, height, width, channels]` in [-1, 1] -> a grid."""
    return grid(to_uint8(images))


def to_uint8(images):
    """Images float in [-1, 1] -> uint8, the inverse of the data pipeline."""
    return np.clip(np.rint(images * 127.5 + 127.5), 0, 255).astype(np.uint8)


def grid(images):
    """Tiles images row by row into a square as near as can be.

    Args:
        images: uint8 `[count, height, width, channels]`.

    Returns:
        uint8 `[rows * height, columns * width, channels]`.
    """
    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    cells = np.full(
        (rows * columns, height, width, channels), _GREY, images.dtype
    )
    cells[:count] = images
    cells = cells.reshape(rows, columns, height, width, channels)
    return cells.swapaxes(1, 2).reshape(rows * height, -1, channels)
