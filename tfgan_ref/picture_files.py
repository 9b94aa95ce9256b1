"""Files of pictures as pixels: the one reader of all programs.

A file is known by its content, not by its name. What Pillow decodes itself is
read, the first frame of what moves; it is turned as its EXIF says, laid on a
background where it is transparent, and scaled by its bit depth.
"""

from __future__ import annotations

import os
from io import BytesIO
from typing import NamedTuple

import numpy as np
from absl import logging
from PIL import Image, ImageColor, ImageOps

from tfgan_ref.errors import UserError
from tfgan_ref.picture_formats import Unreadable, opened

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)

_DEPTHS = (1, 8, 10, 12, 14, 16, 24, 32)  # Bits.
# How Pillow makes 8 bits of a PNG's pixels, but not of its transparent colour.
_SCALES = {"L;2": 85, "L;4": 17}
_GREY_MODES = ("1", "L", "LA", "La", "F")


class Header(NamedTuple):
    """What is known of a picture before all of a set are decoded.

    Attributes:
        size: width and height in pixels, as they are stored.
        is_grey: whether it needs one channel; of a palette, what is used of it.
        has_alpha: whether it may be transparent.
        largest: the largest value of one with more than 8 bits; else None.
    """

    size: tuple[int, int]
    is_grey: bool
    has_alpha: bool
    largest: float | None


def describe(path: str | os.PathLike | BytesIO) -> Header:
    """Opens a picture, which is decoded only where its header does not tell.

    Args:
        path: the file, or its content.

    Raises:
        Unreadable: it is no picture, or damaged, or too large.
    """
    with opened(path) as image:
        size, has_alpha = image.size, image.has_transparency_data
        if _is_deep(image):
            values = _values(image)
            return Header(size, True, has_alpha, float(values.max()))
        return Header(size, _is_grey(image), has_alpha, None)


def read(
    path: str | os.PathLike | BytesIO,
    channels: int,
    *,
    background: Colour = WHITE,
    white: float | None = None,
) -> np.ndarray:
    """Decodes a picture.

    Args:
        path: the file, or its content.
        channels: 1 or 3.
        background: red, green and blue in [0, 255], under what is transparent.
        white: the value that becomes 255 in a picture of more than 8 bits;
            None: `white_of` its own largest.

    Returns:
        uint8 `[height, width, channels]`.

    Raises:
        Unreadable: as for `describe`.
    """
    with opened(path) as stored:
        _scale_transparency(stored)
        image = ImageOps.exif_transpose(stored)
        if _is_deep(image):
            image = _in_eight_bits(image, white)
        if image.has_transparency_data:
            ground = Image.new("RGBA", image.size, background)
            image = Image.alpha_composite(ground, image.convert("RGBA"))
        pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(*pixels.shape[:2], channels)


def read_as(
    path: str | os.PathLike,
    shape: tuple[int, int, int],
    *,
    background: Colour = WHITE,
) -> np.ndarray:
    """Reads one picture for a model, by itself: it sets its own white.

    Args:
        path: the file.
        shape: height, width and channels of the model's images.
        background: as for `read`.

    Returns:
        float32 of that shape, in [0, 1].

    Raises:
        UserError: it cannot be read or is of another size.
    """
    height, width, channels = shape
    if channels not in (1, 3):
        raise UserError(f"The model takes images of {channels} channels")
    try:
        largest = describe(path).largest
        pixels = read(path, channels, background=background)
    except Unreadable as error:
        raise UserError(f"Cannot read {path}: it is {error}") from None
    if pixels.shape != tuple(shape):
        raise UserError(
            f"The model takes images of {width}x{height} pixels. "
            f"Received: {path}, {pixels.shape[1]}x{pixels.shape[0]}"
        )
    if largest is not None:
        logging.warning(
            "%s has more than 8 bits per value: %s becomes white",
            path,
            f"{white_of(largest):,g}",
        )
    return pixels / np.float32(255.0)


def _scale_transparency(image):
    """Before it is decoded."""
    if image.format == "PNG" and image.tile:
        scale = _SCALES.get(image.tile[0].args, 1)
        colour = image.info.get("transparency")
        if isinstance(colour, int) and colour * scale <= 255:
            image.info["transparency"] = colour * scale


def white_of(largest: float) -> float:
    """The white of the least usual bit depth that holds a value.

    Args:
        largest: of the pictures that belong together.

    Returns:
        1, 255, 1023, 4095, 16383, 65535... or the value itself.
    """
    whites = (2**bits - 1 for bits in _DEPTHS)
    return next((white for white in whites if largest <= white), largest)


def parse_colour(name: str) -> Colour:
    """Red, green and blue of `white`, `#80c0ff`, `rgb(0, 80, 255)`...

    Raises:
        UserError: it is no such name.
    """
    try:
        red, green, blue = ImageColor.getrgb(name)[:3]
    except (AttributeError, TypeError, ValueError):
        raise UserError(
            "`background` must be a colour such as white or #80c0ff. "
            f"Received: {name!r}"
        ) from None
    return red, green, blue


def _is_deep(image) -> bool:
    return image.mode == "F" or image.mode.startswith("I")


def _is_grey(image) -> bool:
    if image.mode in ("P", "PA"):
        red, green, blue, _ = np.moveaxis(
            np.asarray(image.convert("RGBA")), -1, 0
        )
        return bool((red == green).all() and (green == blue).all())
    # Pillow has no mode for grey of 16 bits with opacity.
    stored = [str(tile.args) for tile in image.tile]
    return image.mode in _GREY_MODES or any("LA;16" in args for args in stored)


def _values(image) -> np.ndarray:
    values = np.asarray(image)
    if not np.isfinite(values).all() or values.min() < 0:
        raise Unreadable("of values below 0 or that are no numbers")
    return values


def _in_eight_bits(image, white):
    """Convert() would clip."""
    values = _values(image)
    white = white or white_of(float(values.max()))
    scaled = np.rint(np.minimum(values * (255.0 / white), 255.0))
    levels = Image.fromarray(scaled.astype(np.uint8))
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        alpha = np.where(values == clear, np.uint8(0), np.uint8(255))
        levels.putalpha(Image.fromarray(alpha))
    return levels
