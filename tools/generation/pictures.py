"""Images in [0, 1] to files."""

from __future__ import annotations

import io
import pathlib

import numpy as np
from PIL import Image

from tfgan_ref.errors import UserError
from tfgan_ref.outputs import write_bytes
from tfgan_ref.pictures import table  # noqa: F401


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Images float in [0, 1] -> uint8, each to the nearest level."""
    return np.rint(255.0 * images).astype(np.uint8)


def png(pixels: np.ndarray, zoom: int = 1) -> bytes:
    """A picture as the bytes of a PNG file.

    Args:
        pixels: uint8 `[height, width, channels]`, 1 or 3 channels.
        zoom: int >= 1, each pixel becomes a square of that side.
    """
    content = io.BytesIO()
    _picture(pixels, zoom).save(content, "png")
    return content.getvalue()


def write_png(path: pathlib.Path, pixels: np.ndarray, zoom: int = 1) -> None:
    """Writes a picture; the arguments are those of `png`.

    Args:
        path: overwritten.
        pixels: as for `png`.
        zoom: as for `png`.

    Raises:
        UserError: it cannot be written.
    """
    write_bytes(path, png(pixels, zoom))


def write_gif(
    path: pathlib.Path,
    frames: np.ndarray,
    zoom: int = 1,
    milliseconds: int = 100,
) -> None:
    """Writes an animation that repeats.

    Args:
        path: overwritten.
        frames: uint8 `[count, height, width, channels]`, 1 or 3 channels.
        zoom: as for `png`.
        milliseconds: per frame.

    Raises:
        UserError: it cannot be written, or equal frames, which are joined,
            would stay longer than a GIF can say.
    """
    first, *others = [_picture(frame, zoom) for frame in frames]
    content = io.BytesIO()
    try:
        first.save(
            content,
            "gif",
            save_all=True,
            append_images=others,
            duration=milliseconds,
            loop=0,
        )
    except OverflowError:
        raise UserError(
            "A GIF shows a picture for 655,350 milliseconds at most, and equal "
            f"frames are one. Received: {len(frames)} frames of {milliseconds}"
        ) from None
    write_bytes(path, content.getvalue())


def _picture(pixels, zoom):
    pixels = pixels.repeat(zoom, 0).repeat(zoom, 1)
    return Image.fromarray(
        pixels.squeeze(-1) if pixels.shape[-1] == 1 else pixels
    )
