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
    return table(cells.reshape(rows, columns, height, width, channels))


def table(images):
    """Joins rows of images into one picture.

    Args:
        images: `[rows, columns, height, width, channels]`.

    Returns:
        `[rows * height, columns * width, channels]`.
    """
    rows, columns, height, width, channels = images.shape
    cells = images.swapaxes(1, 2)
    return cells.reshape(rows * height, columns * width, channels)


def beneath(above, below, per_row=8):
    """Rows of images, and beneath each row what belongs to it.

    Args:
        above: uint8 `[count, height, width, channels]`.
        below: of the same shape.
        per_row: int >= 1, images of a row at the most.

    Returns:
        uint8 `[2 * rows * height, per_row * width, channels]`.
    """
    count, height, width, channels = above.shape
    per_row = min(per_row, count)
    rows = math.ceil(count / per_row)
    cells = np.full(
        (2, rows * per_row, height, width, channels), _GREY, above.dtype
    )
    cells[0, :count], cells[1, :count] = above, below
    cells = cells.reshape(2, rows, per_row, height, width, channels)
    pairs = cells.swapaxes(0, 1)
    return table(pairs.reshape(2 * rows, per_row, height, width, channels))


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
    return np.concatenate([_head(names, width, channels), table(cells)])


def _head(names, width, channels):
    """The names, each over its column; upright where one is wider."""
    font = ImageFont.load_default(min(_FONT_SIZE, width))
    texts = [_plain(name) for name in names]
    longest = math.ceil(max(map(font.getlength, texts)))
    if longest > width:
        strip = _strip(texts, font, (longest + 4, width), (0, width), "lm")
        drawn = strip.transpose(Image.Transpose.ROTATE_90)
    else:
        drawn = _strip(texts, font, (width, _FONT_SIZE + 4), (width, 0), "mm")
    return np.repeat(np.asarray(drawn)[..., None], channels, -1)


def _strip(texts, font, cell, step, anchor):
    """Texts in cells that follow one another in the direction of a step."""
    width, height = cell
    count = len(texts) - 1
    size = width + count * step[0], height + count * step[1]
    strip = Image.new("L", size, 255)
    pen = ImageDraw.Draw(strip)
    x = 2 if anchor == "lm" else width / 2
    for k, text in enumerate(texts):
        place = x + k * step[0], height / 2 + k * step[1]
        pen.text(place, text, fill=0, font=font, anchor=anchor)
    return strip


def _plain(name):
    """A short line; what a file system holds need not be text."""
    line = " ".join(name.split())
    return line[:_LONGEST].encode(errors="replace").decode()
