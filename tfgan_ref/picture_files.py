"""Files of pictures as pixels: the one reader of all programs.

A file is known by its content, not by its name. What Pillow decodes itself is
read, the first frame of what moves; it is turned as its EXIF says, laid on a
background where it is transparent, and scaled by its bit depth.
"""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from typing import NamedTuple

import numpy as np
from absl import logging
from PIL import Image, ImageColor, ImageOps, UnidentifiedImageError

from tfgan_ref.errors import UserError

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)

# The common ones first, since they are tried in this order. Left out is what
# runs other programs (EPS, WMF), opens any format in turn (IPTC), decodes
# nothing itself (BUFR, GRIB, HDF5, MPEG), or takes any text (IMT).
_FORMATS = (
    *("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000"),
    *("PPM", "ICO", "DIB", "QOI", "PSD", "SGI", "SUN", "PCX", "DCX", "DDS"),
    *("ICNS", "CUR", "XBM", "XPM", "BLP", "FTEX", "GBR", "MSP", "PIXAR"),
    *("FITS", "FLI", "IM", "MCIDAS", "PCD", "SPIDER", "TGA", "XVTHUMB"),
)
# What stands at the beginning of other files, in small letters -> what it is.
_OTHERS = {
    b"<!doctype html": "in HTML, a web page",
    b"<html": "in HTML, a web page",
    b"<svg": "in SVG, which is not read",
    b"%pdf": "in PDF, which is not read",
    b"%!ps": "in PostScript, which is not read",
    b"ftyphe": "in HEIC, which is not read",
    b"version https://git-lfs": "held by Git LFS: to be fetched first",
}
_DAMAGED, _CUT = "damaged", "cut short"
_DEPTHS = (1, 8, 10, 12, 14, 16, 24, 32)  # Bits.
_GREY_MODES = ("1", "L", "LA", "La", "F")


class Unreadable(Exception):
    """Why a file is not read, as "it is {}" would go on.

    Attributes:
        may_pass: whether the same file may be read another time.
    """

    def __init__(self, reason: str, may_pass: bool = False):
        super().__init__(reason)
        self.may_pass = may_pass


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


def describe(path: str | os.PathLike) -> Header:
    """Opens a picture, which is decoded only where its header does not tell.

    Raises:
        Unreadable: it is no picture, or damaged, or too large.
    """
    with _opened(path) as image:
        size, has_alpha = image.size, image.has_transparency_data
        if _is_deep(image):
            values = _values(image)
            return Header(size, True, has_alpha, float(values.max()))
        return Header(size, _is_grey(image), has_alpha, None)


def read(
    path: str | os.PathLike,
    channels: int,
    *,
    background: Colour = WHITE,
    white: float | None = None,
) -> np.ndarray:
    """Decodes a picture.

    Args:
        path: the file.
        channels: 1 or 3.
        background: red, green and blue in [0, 255], under what is transparent.
        white: the value that becomes 255 in a picture of more than 8 bits;
            None: `white_of` its own largest.

    Returns:
        uint8 `[height, width, channels]`.

    Raises:
        Unreadable: as for `describe`.
    """
    with _opened(path) as opened:
        image = ImageOps.exif_transpose(opened)
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


@contextlib.contextmanager
def _opened(path):
    """The file as Pillow's image; whatever goes wrong is `Unreadable`."""
    with warnings.catch_warnings():
        # Of damaged metadata.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise Unreadable("no file, but a folder, pipe or device")
            with Image.open(path, formats=_formats()) as image:
                yield image
        except Unreadable:
            raise
        except Exception as error:
            # Whatever a decoder runs into.
            raise _unreadable(error, path) from None


def _formats():
    """Those that this Pillow was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _unreadable(error, path):
    if isinstance(error, UnidentifiedImageError):
        return Unreadable(_kind_of(path))
    if isinstance(error, OSError) and error.strerror:
        return Unreadable(f"not to be opened ({error.strerror})", may_pass=True)
    if isinstance(error, MemoryError):
        return Unreadable("too large for the memory", may_pass=True)
    if isinstance(
        error, Image.DecompressionBombWarning | Image.DecompressionBombError
    ):
        return Unreadable(f"larger than {Image.MAX_IMAGE_PIXELS:,} pixels")
    if "truncated" in str(error).lower():
        return Unreadable(_CUT)
    if str(error).startswith("conversion from"):
        return Unreadable("in colours that are not read")
    return Unreadable(_DAMAGED)


def _kind_of(path) -> str:
    """What a file is that no decoder takes."""
    with open(path, "rb") as file:
        start = file.read(512)
    if not start:
        return "empty"
    for mark, kind in _OTHERS.items():
        if mark in start.lower():
            return kind
    accepts = (Image.OPEN[name][1] for name in _formats())
    start = start[:16].ljust(16, b"\0")
    has_mark = any(accept and accept(start) for accept in accepts)
    return _DAMAGED if has_mark else "no picture"


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
