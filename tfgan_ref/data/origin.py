"""Which files a data set is read from, found without reading them.

Nor is TFDS asked: to import it takes longer than to read the cache.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import pathlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from tfgan_ref.data import idx, tree
from tfgan_ref.errors import UserError

# They decode and resize, and TFDS chooses the version of a set.
_PACKAGES = ("pillow", "tensorflow", "tensorflow-datasets")
# NAME[/CONFIG][:VERSION]
_TFDS_NAME = re.compile(r"(\w+)(/[\w.-]+)?(:[\d.*]+)?")


class Origin(NamedTuple):
    """Where a data set is.

    Attributes:
        folder: absolute.
        state: SHA-256 over the paths of its files, their sizes, their times
            and the versions of what reads them: another one if anything
            changes.
    """

    folder: str
    state: str


def find(name: str, split: str, data_dir: str | None) -> Origin | None:
    """Finds the files behind a data set.

    Args:
        name: as for `images.load`.
        split: as for `images.load`.
        data_dir: as for `images.load`.

    Returns:
        None if there are none, or nobody knows where: the reader will.
    """
    try:
        folder, files = _locate(name, split, data_dir)
        versions = [importlib.metadata.version(name) for name in _PACKAGES]
        digest = hashlib.sha256(json.dumps(versions).encode())
        is_empty = True
        for path, status in files:
            digest.update(_state(path, status).encode())
            is_empty = False
    except (OSError, UserError):
        return None
    return None if is_empty else Origin(str(folder), digest.hexdigest())


def _locate(
    name: str, split: str, data_dir: str | None
) -> tuple[pathlib.Path, Iterable[tuple[str, os.stat_result]]]:
    """The folder, and its files in a fixed order."""
    kind, _, rest = name.partition(":")
    if kind == "idx" and rest:
        folder = _absolute(rest)
        return folder, _with_status(idx.paths(folder, split))
    if kind == "folder" and rest:
        folder = _absolute(rest)
        return folder, tree.walk(folder)
    folder = _absolute(data_dir or default_data_dir())
    match = _TFDS_NAME.fullmatch(name)
    # The digits are read as fast as a cache.
    if name == "digits" or match is None:
        return folder, []
    # NAME[/CONFIG]/VERSION/FILE. All versions, since TFDS may choose.
    depths = ("*", "*/*", "*/*/*")
    paths = (p for depth in depths for p in (folder / match[1]).glob(depth))
    return folder, _with_status(path for path in paths if path.is_file())


def _absolute(folder: str) -> pathlib.Path:
    # Not abspath(), for which `link/..` is what the link stands in.
    return pathlib.Path(os.path.expanduser(folder)).absolute()


def default_data_dir() -> str:
    """Where TFDS keeps its data sets unless it is told otherwise."""
    return os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")


def _with_status(paths: Iterable[pathlib.Path]):
    return [(str(path), path.stat()) for path in sorted(paths)]


def _state(path: str, status: os.stat_result) -> str:
    # The time of the last change of the inode (ctime) is the one that copying
    # programs cannot set back.
    return json.dumps(
        [path, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
    )
