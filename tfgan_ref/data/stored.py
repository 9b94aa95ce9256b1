"""A file of images of one size, read by position.

    images   uint8 [count, height, width, channels]
    labels   int32 [count], little-endian
    checks   uint32 [count], little-endian: CRC-32 of each image
    header   JSON
    end      the images' shape and the header's bytes, uint64, little-endian;
             SHA-256 of all behind the images but itself

How many images there are is known when the last is decoded: so what describes
them stands behind them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import struct
import weakref
import zlib
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np

from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError, reason

_SIZES = struct.Struct("<5Q")
_END_BYTES = _SIZES.size + hashlib.sha256().digest_size
_LABELS, _CHECKS = np.dtype("<i4"), np.dtype("<u4")


def write_images(
    file: BinaryIO, chunks: Iterable[tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Writes images as they come.

    Args:
        file: empty.
        chunks: pairs of images uint8 `[n, height, width, channels]` and labels
            int32 `[n]`.

    Returns:
        The labels of all, and their checks.
    """
    labels, checks = [np.empty(0, np.int32)], [np.empty(0, _CHECKS)]
    for images, their_labels in chunks:
        images = np.ascontiguousarray(images)
        file.write(images.data)
        labels.append(their_labels)
        checks.append(np.array([zlib.crc32(image) for image in images], "<u4"))
    file.flush()
    return np.concatenate(labels), np.concatenate(checks)


def write_end(
    file: BinaryIO, images: Rows, labels: np.ndarray, checks, header: dict
) -> None:
    """Writes what describes the images that stand in the file."""
    text = json.dumps(header).encode()
    sizes = _SIZES.pack(*images.shape, len(text))
    described = b"".join(
        (labels.astype(_LABELS).tobytes(), checks.tobytes(), text, sizes)
    )
    file.write(described + hashlib.sha256(described).digest())
    file.flush()
    os.fsync(file.fileno())


def read(file: BinaryIO) -> tuple[Rows, np.ndarray, dict]:
    """Reads a whole file but its images.

    Returns:
        The images, the labels int32 `[count]`, the header.

    Raises:
        ValueError: it is damaged, or none of these.
    """
    end = file.seek(0, os.SEEK_END) - _END_BYTES
    if end < 0:
        raise ValueError(f"{file.name} is damaged")
    file.seek(end)
    *shape, length = _SIZES.unpack(file.read(_SIZES.size))
    start = math.prod(shape)
    # Before much is read.
    if start + 8 * shape[0] + length != end:
        raise ValueError(f"{file.name} is damaged")
    file.seek(start)
    described = file.read(end + _SIZES.size - start)
    if hashlib.sha256(described).digest() != file.read():
        raise ValueError(f"{file.name} is damaged")
    count = shape[0]
    labels = np.frombuffer(described, _LABELS, count).astype(np.int32)
    checks = np.frombuffer(described, _CHECKS, count, 4 * count).copy()
    header = json.loads(described[8 * count : -_SIZES.size])
    return rows(file, file.name, tuple(shape), checks), labels, header


def rows(file: BinaryIO, path, shape, checks: np.ndarray) -> Rows:
    """The images of an open file, which may be closed and deleted meanwhile.

    Args:
        file: holds the images.
        path: where it is, or will be.
        shape: `(count, height, width, channels)`.
        checks: of `write_images`.

    Returns:
        Images, uint8. To read one that is damaged or cannot be read raises
        `UserError`; a damaged file is deleted.
    """
    return Rows(shape, _Reader(file.fileno(), path, shape[1:], checks))


class _Reader:
    """Reads images by position; all that is read is checked.

    Of what lies on the disk nothing is held but the checks.
    """

    def __init__(self, descriptor, path, image_shape, checks):
        self._descriptor = os.dup(descriptor)
        weakref.finalize(self, os.close, self._descriptor)
        self._path = path
        self._image_shape = image_shape
        self._checks = checks

    def __call__(self, places):
        images = np.empty((len(places), *self._image_shape), np.uint8)
        size = math.prod(self._image_shape)
        for k in np.argsort(places):  # A disk's head goes one way.
            place = int(places[k])
            try:
                os.preadv(self._descriptor, [images[k]], place * size)
            except OSError as error:
                raise UserError(
                    f"Cannot read {self._path}: {reason(error)}"
                ) from None
            if zlib.crc32(images[k]) != self._checks[place]:
                self._give_up(place)
        return images

    def _give_up(self, place):
        with contextlib.suppress(OSError):
            # Another process may have replaced it.
            if os.path.samestat(
                os.fstat(self._descriptor), os.stat(self._path)
            ):
                os.unlink(self._path)
        raise UserError(
            f"{self._path} was damaged at image {place} and is deleted: start "
            "again, and the data set is decoded anew"
        )
