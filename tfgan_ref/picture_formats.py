"""Which files Pillow may open, and why another is not read."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import warnings
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageFile, UnidentifiedImageError

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
    b"ftypmif1": "in HEIC, which is not read",
    b"version https://git-lfs": "held by Git LFS: to be fetched first",
}
_DAMAGED, _CUT = "damaged", "cut short"


class Unreadable(Exception):
    """Why a file is not read, as "it is {}" would go on.

    Attributes:
        may_pass: whether the same file may be read another time.
    """

    def __init__(self, reason: str, may_pass: bool = False):
        super().__init__(reason)
        self.may_pass = may_pass


class _OnlyBombs:
    """Warnings of decompression bombs alone, as errors.

    `warnings.catch_warnings` itself is for one thread.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._inside = 0

    @contextlib.contextmanager
    def __call__(self):
        with self._lock:
            if not self._inside:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")  # Of damaged metadata.
                warnings.simplefilter("error", Image.DecompressionBombWarning)
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if not self._inside:
                    self._caught.__exit__(None, None, None)


_only_bombs = _OnlyBombs()


@contextlib.contextmanager
def opened(
    path: str | os.PathLike | BytesIO,
) -> Iterator[ImageFile.ImageFile]:
    """A file as Pillow's image, decoded as it is used; several threads may.

    Args:
        path: of the file, or its content.

    Raises:
        Unreadable: it is no picture, damaged or too large; also of whatever
            goes wrong in the block.
    """
    try:
        if not isinstance(path, BytesIO) and not _is_regular(path):
            raise Unreadable("no file, but a folder, pipe or device")
        with _only_bombs(), Image.open(path, formats=formats()) as image:
            yield image
    except Unreadable:
        raise
    except Exception as error:
        # Whatever a decoder runs into.
        raise _unreadable(error, path) from None


def formats() -> tuple[str, ...]:
    """Those that are read, of the ones that this Pillow was built with."""
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _is_regular(path) -> bool:
    return stat.S_ISREG(os.stat(path).st_mode)


def _unreadable(error, path):
    if isinstance(error, UnidentifiedImageError):
        try:
            return Unreadable(_kind_of(path))
        except OSError as gone:
            error = gone
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
    if isinstance(path, BytesIO):
        start = path.getvalue()[:512]
    else:
        with open(path, "rb") as file:
            start = file.read(512)
    if not start:
        return "empty"
    for mark, kind in _OTHERS.items():
        if mark in start.lower():
            return kind
    accepts = (Image.OPEN[name][1] for name in formats())
    start = start[:16].ljust(16, b"\0")
    has_mark = any(accept and accept(start) for accept in accepts)
    return _DAMAGED if has_mark else "no picture"
