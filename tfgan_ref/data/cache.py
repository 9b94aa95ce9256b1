"""Images brought to one size, kept on disk between two starts.

One file per request, see `stored`. A file is there whole or not at all, and the
last of several writers wins. What is damaged or out of date counts as not
there, and the next `store` replaces it; of a large file a damaged image is
found when it is read.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import math
import os
import pathlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from absl import logging

from tfgan_ref.data import cache_space, stored
from tfgan_ref.data.rows import Rows, chunks, fingerprint

# To be raised when this file's layout changes, and when the readers or
# `images` make other images of the same files.
_FORMAT = 3
_TEXTS = {"class_names", "captions", "attributes"}  # JSON knows lists.
_CHECKED_AT_ONCE = 2**28  # Bytes; some tenths of a second.


class Entry(NamedTuple):
    """What is kept of a data set.

    Attributes:
        images: uint8 `[count, height, width, channels]`.
        labels: int32 `[count]`.
        class_names: as in `Images`.
        natural_size: as in `Source`.
        fingerprint: of the images and labels, as in `Images`; None where
            nobody has computed it.
        notes: as in `Notes.lines`.
        captions: as in `Images`.
        attributes: as in `Images`.
    """

    images: Rows | np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    natural_size: int
    fingerprint: str | None
    notes: list[tuple[int, str]]
    captions: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


def folder() -> pathlib.Path:
    """$TFGAN_REF_CACHE, else tfgan_ref in $XDG_CACHE_HOME or in ~/.cache.

    Raises:
        RuntimeError: it is in the home folder, and there is none.
    """
    if chosen := os.environ.get("TFGAN_REF_CACHE"):
        return pathlib.Path(chosen).expanduser()
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return pathlib.Path(caches).expanduser() / "tfgan_ref"


def fetch(request: str, state: str) -> Entry | None:
    """Returns what `store` has kept, None if there is nothing of use.

    Args:
        request: what is asked for.
        state: of the files that it comes from, as given to `store`.
    """
    try:
        with open(_path(request), "rb") as file:
            images, labels, header = stored.read(file)
            if header.pop("version") != [_FORMAT, state]:
                return None
            if math.prod(images.shape) <= _CHECKED_AT_ONCE:
                for _ in chunks(images):
                    pass
            del header["request"]
            for name in _TEXTS & header.keys():
                header[name] = tuple(header[name])
            with contextlib.suppress(OSError):  # Another user's.
                os.utime(file.fileno())  # See cache_space.
            return Entry(images, labels, **header)
    except Exception:
        # Whatever a file that is missing, forbidden or damaged raises.
        return None


def store(
    request: str,
    state: str,
    decoded: Iterable[tuple[np.ndarray, np.ndarray]],
    image_shape: tuple[int, int, int],
    count: int | None,
    *,
    class_names: tuple[str, ...],
    natural_size: int,
    notes: list[tuple[int, str]],
    is_to_stay: Callable[[np.ndarray], bool],
    captions: tuple[str, ...] = (),
    attributes: tuple[str, ...] = (),
) -> Entry:
    """Writes images while they are decoded, in place of what was kept.

    Args:
        request: what was asked for.
        state: of the files that it came from.
        decoded: pairs of images uint8 `[n, *image_shape]` and labels int32
            `[n]`.
        image_shape: `(height, width, channels)`.
        count: how many there will be at most; None: nobody knows.
        class_names: as in `Images`.
        natural_size: as in `Source`.
        notes: as in `Notes.lines`, which may grow until all is decoded.
        is_to_stay: function of all labels, called when everything is written:
            whether another start may use it.
        captions: as in `Images`.
        attributes: as in `Images`.

    Returns:
        What was written, which lasts as long as its images are held.

    Raises:
        UserError: see `cache_space.limit`.
        OSError: the folder is full or cannot be written.
    """
    path = _path(request)
    path.parent.mkdir(parents=True, exist_ok=True)
    cache_space.make_room(path.parent, (count or 0) * math.prod(image_shape))
    temporary = path.with_name(f".{uuid.uuid4().hex}")
    try:
        with open(temporary, "x+b") as file:
            labels, checks = stored.write_images(file, decoded)
            shape = (len(labels), *image_shape)
            images = stored.rows(file, path, shape, checks)
            stays = is_to_stay(labels)
            header: dict[str, Any] = {
                "class_names": class_names,
                "natural_size": natural_size,
                "fingerprint": fingerprint(images, labels),
                "notes": notes,
                "captions": captions,
                "attributes": attributes,
            }
            if stays:
                own = {"version": [_FORMAT, state], "request": request}
                stored.write_end(file, images, labels, checks, own | header)
                temporary.replace(path)
                cache_space.clear(path.parent, cache_space.limit(), path)
        return Entry(images, labels, **header)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def turn(request: str) -> Iterator[None]:
    """One process at a time is in such a block; the others wait.

    Where the file system has no locks, all of them are.
    """
    lock = _path(request).with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with open(lock, "ab") as file:
            _wait_for(file)
            # Whoever had it before has deleted it.
            if not _is_at(file, lock):
                continue
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)
            return


def warn(error: Exception) -> None:
    """Says, once per process, that images cannot be kept."""
    logging.log_first_n(
        logging.WARNING,
        "The data cannot be kept for the next start, and lies in memory: %s. "
        "TFGAN_REF_CACHE names another folder",
        1,
        error,
    )


def _wait_for(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        logging.info("Another process decodes the same data: waiting for it")
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        pass


def _is_at(file, path: pathlib.Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _path(request: str) -> pathlib.Path:
    name = hashlib.sha256(request.encode()).hexdigest()
    return folder() / f"{name}{cache_space.SUFFIX}"
