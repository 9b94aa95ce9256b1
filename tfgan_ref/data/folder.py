"""`folder:FOLDER`: PNG and JPEG files, class subfolders if any."""

import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from absl import logging
from PIL import Image, ImageOps

from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError, check_utf8

_SUFFIXES = (".jpeg", ".jpg", ".png")
_GREY_MODES = ("1", "L", "LA", "I", "I;16", "I;16B")


def open_source(folder: str, split: str) -> Source:
    """Opens a folder of images of any size, grey or in colour.

    Images in the folder itself make an unlabelled set; if there are none, each
    subfolder is a class, in alphabetical order. A file that cannot be decoded
    is skipped and named in a warning.

    Raises:
        UserError: the split is not `train`, the folder cannot be read, or it
            holds no image that can be decoded.
    """
    if split != "train":
        raise UserError(
            "A folder of images has the split train; name another folder for "
            f"another split. Received: {split!r}"
        )
    files, class_names = find(pathlib.Path(folder))
    headers = {}
    for path, _ in files:
        if header := _or_skip(_read_header, path):
            headers[path] = header
    by_size = sorted(headers, key=lambda path: headers[path].side)
    # The size of a damaged file must not decide.
    while by_size and _or_skip(_decode, by_size[0], 3) is None:
        del headers[by_size.pop(0)]
    readable = [(path, label) for path, label in files if path in headers]
    if not readable:
        raise UserError(f"{folder}: none of {len(files)} images can be read")
    natural_size = headers[by_size[0]].side
    logging.info(
        "The smallest image is %s: %d pixels", by_size[0], natural_size
    )
    channels = 1 if all(header.is_grey for header in headers.values()) else 3
    return Source(
        examples=_Files(readable, channels),
        natural_size=natural_size,
        channels=channels,
        class_names=class_names,
        count=len(files),
    )


class _Header(NamedTuple):
    side: int  # The shorter one, in pixels.
    is_grey: bool


class _Files(Sequence):
    """Images of `(path, label)` pairs, decoded when they are asked for.

    An index gives None where a file cannot be; an iteration passes it over.
    """

    def __init__(self, files: list[tuple[pathlib.Path, int]], channels: int):
        self._files = files
        self._channels = channels

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index):
        path, label = self._files[index]
        pixels = _or_skip(_decode, path, self._channels)
        return None if pixels is None else (pixels, label)

    def __iter__(self) -> Iterator[tuple[np.ndarray, int]]:
        return filter(None, map(self.__getitem__, range(len(self))))


def find(
    folder: pathlib.Path,
) -> tuple[list[tuple[pathlib.Path, int]], tuple[str, ...]]:
    """Lists the images of a folder, of which none is opened.

    Returns:
        Pairs of a path and a label, and the names of the classes.

    Raises:
        UserError: the folder cannot be read, holds no images, or the name of
            a class is no UTF-8.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        files = [(path, -1) for path in _images_in(folder)]
        class_names = tuple(
            entry.name
            for entry in entries
            if entry.is_dir()
            and not entry.name.startswith(".")
            and _images_in(folder / entry.name)
        )
    except OSError as error:
        raise UserError(f"Cannot read {folder}: {error.strerror}") from None
    check_utf8(class_names)
    if files and class_names:
        raise UserError(
            f"{folder} holds images beside subfolders with images "
            f"({', '.join(class_names[:3])}): move the one or the other"
        )
    if not files:
        files = [
            (path, label)
            for label, name in enumerate(class_names)
            for path in _images_in(folder / name)
        ]
    if not files:
        raise UserError(
            f"{folder} holds no image, nor a subfolder with images. "
            f"Expected: {', '.join(_SUFFIXES)}"
        )
    return files, class_names


def _images_in(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(
        pathlib.Path(entry.path)
        for entry in os.scandir(folder)
        if entry.is_file()
        and not entry.name.startswith(".")
        and entry.name.lower().endswith(_SUFFIXES)
    )


def _or_skip(read, path: pathlib.Path, *arguments):
    """What `read` makes of a file; None, and a warning, where it cannot."""
    try:
        return read(path, *arguments)
    except Exception as error:
        # Whatever Pillow raises on a damaged file, or on one that would fill
        # the memory.
        logging.warning("Skipped %s: %s", path, error)
        return None


def _read_header(path: pathlib.Path) -> _Header:
    with Image.open(path, formats=("PNG", "JPEG")) as image:
        return _Header(min(image.size), image.mode in _GREY_MODES)


def _decode(path: pathlib.Path, channels: int) -> np.ndarray:
    with Image.open(path, formats=("PNG", "JPEG")) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.mode.startswith("I"):  # 16 bits, which convert() would clip.
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    return pixels.reshape(*pixels.shape[:2], channels)
