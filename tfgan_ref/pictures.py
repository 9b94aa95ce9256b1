"""Images as a person sees them: levels of uint8, and grids of them."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_GREY = 128  # Of the empty cells of a grid.
_FONT_SIZE = 13  # Pixels, of a head's names; of smaller images less.
_LONGEST = 16  # Letters of a name.


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


def columns(images, labels, names, most_rows=16):
    """One class per column, below its name; empty cells are grey.

    Args:
        images: uint8 `[count, height, width, channels]`.
        labels: int `[count]`, the class of each; another one is left out.
        names: of the classes, from 0.
        most_rows: int, images of a class that are drawn, the first ones.

    Returns:
        uint8 `[head + rows * height, classes * width, channels]`.
    """
    _, height, width, channels = images.shape
    own = [images[labels == k][:most_rows] for k in range(len(names))]
    rows = max(1, *map(len, own))
    cells = np.full(
        (rows, len(names), height, width, channels), _GREY, images.dtype
    )
    for place, column in enumerate(own):
        cells[: len(column), place] = column
    table = cells.swapaxes(1, 2).reshape(rows * height, -1, channels)
    return np.concatenate([_head(names, width, channels), table])


def _head(names, width, channels):
    """The names, upright, each over its column."""
    font = ImageFont.load_default(min(_FONT_SIZE, width))
    texts = [_plain(name) for name in names]
    height = 4 + math.ceil(max(map(font.getlength, texts)))
    strip = Image.new("L", (height, len(names) * width), 255)
    pen = ImageDraw.Draw(strip)
    for label, text in enumerate(texts):
        middle = (2, (label + 0.5) * width)
        pen.text(middle, text, fill=0, font=font, anchor="lm")
    upright = np.asarray(strip.transpose(Image.Transpose.ROTATE_90))
    return np.repeat(upright[..., None], channels, -1)


def _plain(name):
    """A short line; what a file system holds need not be text."""
    line = " ".join(name.split())
    return line[:_LONGEST].encode(errors="replace").decode()
