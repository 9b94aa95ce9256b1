"""Images that stay where they are until they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np

_CHUNK = 2**22  # Bytes that are read at a time where all are read.


class Rows:
    """An array of images, of which an index reads what it names.

    `rows[3]`, `rows[3:7]`, `rows[indices]` are new arrays of NumPy, and so is
    `rows[indices, ..., 0]`, whose other indices are of what was read;
    `np.asarray(rows)` reads them all.

    Args:
        shape: `(count, height, width, channels)`.
        read: function of int `[n]` in [0, count) -> uint8 `[n, height, width,
            channels]`, those images.
    """

    dtype = np.dtype(np.uint8)
    ndim = 4

    def __init__(
        self,
        shape: tuple[int, int, int, int],
        read: Callable[[np.ndarray], np.ndarray],
    ):
        self.shape = shape
        self._read = read

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key) -> np.ndarray:
        first, *rest = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis:
            first, rest = slice(None), [Ellipsis, *rest]
        places = _places(first, len(self))
        read = self._read(places.ravel())
        read = read.reshape(*places.shape, *self.shape[1:])
        return read[(slice(None),) * places.ndim + tuple(rest)]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[k] for k in range(len(self)))

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        if copy is False:
            raise ValueError("They are not in memory: to be copied is needed")
        return self[:].astype(dtype or self.dtype, copy=False)


def _places(index, count: int) -> np.ndarray:
    """What an index of the first dimension names: int, of any shape."""
    if isinstance(index, slice):
        return np.arange(*index.indices(count))
    places = np.asarray(index)
    if places.dtype == bool and places.shape == (count,):
        return np.flatnonzero(places)
    if places.dtype.kind not in "iu":
        raise IndexError(f"Integers were expected. Received: {index!r}")
    if places.size and not -count <= places.min() <= places.max() < count:
        raise IndexError(f"An index is out of bounds of {count} images")
    return places % count


def chunks(images) -> Iterator[np.ndarray]:
    """All images, some megabytes at a time.

    Args:
        images: `Rows` or an array, uint8 `[count, height, width, channels]`.
    """
    step = max(1, _CHUNK // max(1, int(np.prod(images.shape[1:]))))
    for start in range(0, len(images), step):
        yield images[start : start + step]


def fingerprint(images, labels: np.ndarray) -> str:
    """SHA-256 of the shape, the images and the labels, in hexadecimal."""
    digest = hashlib.sha256(repr(tuple(images.shape)).encode())
    for chunk in chunks(images):
        digest.update(np.ascontiguousarray(chunk).data)
    digest.update(np.ascontiguousarray(labels).data)
    return digest.hexdigest()
