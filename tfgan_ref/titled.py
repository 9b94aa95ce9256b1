"""Rows of images, each below its text."""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tfgan_ref.pictures import table

_HEIGHT = 16  # Pixels of a line of text.
_FONT_SIZE = 12
_GREY = 128  # Of the empty cells of a row.


def titled(rows, titles):
    """Joins rows of images into one picture, with a text above each row.

    Args:
        rows: uint8 `[rows, columns, height, width, channels]`.
        titles: of the rows, str; what does not fit is cut off.

    Returns:
        uint8 `[rows * (16 + height), columns * width, channels]`.
    """
    _, columns, _, width, channels = rows.shape
    parts = []
    for row, title in zip(rows, titles, strict=True):
        parts += [_line(title, columns * width, channels), table(row[None])]
    return np.concatenate(parts)


def titled_grid(images, titles):
    """As `titled`, of images that follow one another by their texts.

    Args:
        images: uint8 `[count, height, width, channels]`.
        titles: `count` of them; those of one text in turn make a row.
    """
    runs = [(t, len([*same])) for t, same in itertools.groupby(titles)]
    shape = len(runs), max(n for _, n in runs), *images.shape[1:]
    rows = np.full(shape, _GREY, np.uint8)
    first = 0
    for row, (_, count) in zip(rows, runs, strict=True):
        row[:count] = images[first : first + count]
        first += count
    return titled(rows, [title for title, _ in runs])


def _line(text, width, channels):
    """Black on white, uint8 `[16, width, channels]`."""
    line = Image.new("L", (width, _HEIGHT), 255)
    text = " ".join(text.split()).encode(errors="replace").decode()
    font = ImageFont.load_default(_FONT_SIZE)
    ImageDraw.Draw(line).text((2, _HEIGHT / 2), text, 0, font, anchor="lm")
    return np.repeat(np.asarray(line)[..., None], channels, -1)
