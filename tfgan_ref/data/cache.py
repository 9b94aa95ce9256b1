"""Images brought to one size, kept on disk between two starts.

One file per request, a sequence of NumPy arrays: a header in JSON beside its
SHA-256, the images, the labels. A file is written whole or not at all, and the
last of several writers wins. What is damaged or out of date counts as not
there, and the next `store` replaces it.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import uuid
from typing import NamedTuple

import numpy as np
from absl import logging

# To be raised when this file's layout changes, and when the readers or
# `images` make other images of the same files.
_FORMAT = 2


class Entry(NamedTuple):
    """What is kept of a data set.

    Attributes:
        images: uint8 `[count, height, width, channels]`.
        labels: int32 `[count]`.
        class_names: as in `Images`.
        natural_size: as in `Source`.
        fingerprint: of the images and labels, as in `Images`, for the caller
            to compare.
        notes: as in `Notes.lines`.
    """

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    natural_size: int
    fingerprint: str
    notes: list[tuple[int, str]]


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
            header = _read_header(file)
            if header.pop("version") != [_FORMAT, state]:
                return None
            class_names = tuple(header.pop("class_names"))
            images, labels = _read(file, np.uint8), _read(file, np.int32)
            return Entry(images, labels, class_names, **header)
    except Exception:
        # Whatever a file that is missing, forbidden or damaged raises.
        return None


def store(request: str, state: str, entry: Entry) -> None:
    """Keeps an entry in place of the one of the same request.

    A folder that is full or cannot be written costs one warning per process.

    Args:
        request: what was asked for.
        state: of the files that it came from.
        entry: what to keep.
    """
    header = entry._asdict() | {"version": [_FORMAT, state]}
    arrays = header.pop("images"), header.pop("labels")
    text = json.dumps(header)
    try:
        _write(_path(request), np.array([text, _sha256(text)]), *arrays)
    except (OSError, RuntimeError) as error:
        logging.log_first_n(
            logging.WARNING,
            "The data cannot be kept for the next start: %s. "
            "TFGAN_REF_CACHE names another folder",
            1,
            error,
        )


def _path(request: str) -> pathlib.Path:
    return folder() / f"{_sha256(request)}.npy"


def _write(path: pathlib.Path, *arrays: np.ndarray) -> None:
    temporary = path.with_name(f".{uuid.uuid4().hex}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(temporary, "xb") as file:
            for array in arrays:
                np.save(file, array, allow_pickle=False)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read(file, dtype) -> np.ndarray:
    array = np.load(file, allow_pickle=False)
    if array.dtype != dtype:
        raise ValueError(f"{file.name} is damaged")
    return array


def _read_header(file) -> dict:
    text, checksum = np.load(file, allow_pickle=False).tolist()
    if _sha256(text) != checksum:
        raise ValueError(f"{file.name} is damaged")
    return json.loads(text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
