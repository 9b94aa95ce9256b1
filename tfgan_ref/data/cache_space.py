"""How much of a disk the cache of images takes.

In its folder only files with names of its own are looked at. A file's time is
that of its last use: what was not used for longest goes first.
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import pathlib
import re
import shutil
import time
from typing import NamedTuple

from absl import logging

from tfgan_ref.errors import UserError

SUFFIX = ".images"
_LIMIT = 50.0  # GB.
# .npy: of versions before.
_KEPT = re.compile(rf"[0-9a-f]{{64}}({re.escape(SUFFIX)}|\.npy)")
_UNFINISHED = re.compile(r"[0-9a-f]{64}\.lock|\.[0-9a-f]{32}")
# Folders beside the images, of small files that the limit does not count.
CLASSIFIERS, SCORES = "classifiers", "scores"
_BESIDE = re.compile(r"[0-9a-f]{64}\.(keras|json)")
_ABANDONED_SECONDS = 3600  # Who writes, writes more often.


class Kept(NamedTuple):
    """A file of the cache.

    Attributes:
        path: of the file.
        size: bytes.
        used: the time of its last use, seconds since 1970.
    """

    path: pathlib.Path
    size: int
    used: float


def limit() -> float:
    """Bytes that the cache may take: $TFGAN_REF_CACHE_LIMIT in GB, else 50 GB.

    Raises:
        UserError: the variable is no such number.
    """
    text = os.environ.get("TFGAN_REF_CACHE_LIMIT") or str(_LIMIT)
    try:
        gigabytes = float(text)
    except ValueError:
        gigabytes = -1
    if not 0 <= gigabytes < math.inf:
        raise UserError(
            "TFGAN_REF_CACHE_LIMIT must be a number of GB, 0 or more. "
            f"Received: {text!r}"
        )
    return gigabytes * 1e9


def kept(folder: pathlib.Path) -> list[Kept]:
    """What is in the cache, the last used first.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(_files(folder, _KEPT), key=lambda file: -file.used)


def beside(folder: pathlib.Path) -> list[Kept]:
    """The files of classifiers and scores, the last used first.

    Raises:
        OSError: a folder cannot be read.
    """
    places = [folder / CLASSIFIERS, folder / SCORES]
    found = [f for p in places if p.is_dir() for f in _files(p, _BESIDE)]
    return sorted(found, key=lambda file: -file.used)


def make_room(folder: pathlib.Path, expected: int) -> None:
    """Deletes what was not used for longest until what is to come has room.

    Args:
        folder: of the cache.
        expected: bytes; 0 where nobody knows.

    Raises:
        UserError: see `limit`.
        OSError: the disk has no room, or the folder cannot be read.
    """
    clear(folder, limit() - expected)
    if shutil.disk_usage(folder).free < expected:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def clear(
    folder: pathlib.Path, room: float, spared: pathlib.Path | None = None
) -> list[Kept]:
    """Deletes what was not used for longest until the others have room.

    Args:
        folder: of the cache.
        room: bytes for all that stays.
        spared: a file that stays, whatever its size.

    Returns:
        What was deleted.

    Raises:
        OSError: the folder cannot be read.
    """
    for file in _files(folder, _UNFINISHED):
        if file.used < time.time() - _ABANDONED_SECONDS:
            file.path.unlink(missing_ok=True)
    files = kept(folder)
    taken, deleted = sum(file.size for file in files), []
    for file in reversed(files):
        if taken <= room:
            break
        if file.path != spared:
            file.path.unlink(missing_ok=True)
            logging.info("%s leaves the cache", file.path)
            taken -= file.size
            deleted.append(file)
    return deleted


def _files(folder, name: re.Pattern) -> list[Kept]:
    files = []
    for entry in os.scandir(folder):
        if name.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            # Another process may delete it.
            with contextlib.suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                path = pathlib.Path(entry.path)
                files.append(Kept(path, status.st_size, status.st_mtime))
    return files
