"""Many picture files that are decoded the same way."""

from __future__ import annotations

import pathlib
import statistics
from collections.abc import Iterator, Sequence

import numpy as np

from tfgan_ref import picture_files
from tfgan_ref.data.notes import Notes, shown
from tfgan_ref.picture_files import Colour, Header
from tfgan_ref.picture_formats import Unreadable


class PictureSet(Sequence):
    """Picture files of one folder, decoded when they are asked for.

    An index gives pixels and a label, None where a file cannot be decoded: an
    iteration passes it over. Several threads may ask.

    Attributes:
        headers: file -> its header, of those that can be read.
        files: pairs of a file and its label, to be decoded in this order.
        channels: 1 if all are grey, else 3.
    """

    def __init__(self, folder: pathlib.Path, background: Colour, notes: Notes):
        self.headers: dict[pathlib.Path, Header] = {}
        self.files: list[tuple[pathlib.Path, int]] = []
        self.channels = 3
        self._folder = folder
        self._background = background
        self._white: float | None = None
        self._notes = notes

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index):
        path, label = self.files[index]
        pixels = self._decode(path)
        return None if pixels is None else (pixels, label)

    def __iter__(self) -> Iterator[tuple[np.ndarray, int]]:
        return filter(None, map(self.__getitem__, range(len(self))))

    def see(self, path: pathlib.Path) -> bool:
        """Opens a file; whether it is a picture, now one of the set."""
        header = self._try(picture_files.describe, path)
        if header is not None:
            self.headers[path] = header
        return header is not None

    def settle(self) -> None:
        """Decides how all are decoded, when all have been seen."""
        # The size of a damaged file must not decide.
        order = sorted(self.headers, key=lambda p: min(self.headers[p].size))
        for path in order:
            if self._decode(path) is not None:
                break
            del self.headers[path]
        headers = self.headers.values()
        clear = sum(header.has_alpha for header in headers)
        needs_colour = clear and len({*self._background}) > 1
        is_grey = all(header.is_grey for header in headers)
        self.channels = 1 if is_grey and not needs_colour else 3
        if clear:
            self._notes.say(
                f"{clear:,} of {len(headers):,} images may be transparent: "
                "laid on #{:02x}{:02x}{:02x}, see --background".format(
                    *self._background
                )
            )
        if deep := [h.largest for h in headers if h.largest is not None]:
            self._white = picture_files.white_of(max(deep))
            self._notes.say(
                f"{len(deep):,} images have more than 8 bits per value, the "
                f"largest is {max(deep):,g}: {self._white:,g} becomes white"
            )
        if headers:
            self._tell_smallest()

    def _decode(self, path):
        return self._try(
            picture_files.read,
            path,
            self.channels,
            background=self._background,
            white=self._white,
        )

    def _try(self, read, path, *arguments, **how):
        """What `read` makes of a file; None where it cannot."""
        try:
            return read(path, *arguments, **how)
        except Unreadable as error:
            self._notes.unused[path] = str(error)
            self._notes.may_pass |= error.may_pass
            return None

    def _tell_smallest(self):
        sides = {path: min(h.size) for path, h in self.headers.items()}
        path = min(sides, key=sides.__getitem__)
        median = round(statistics.median(sides.values()))
        name = shown(path.relative_to(self._folder))
        width, height = self.headers[path].size
        if 2 * sides[path] > median:
            self._notes.say(f"The smallest image is {name}: {width}x{height}")
            return
        self._notes.warn(
            f"{name}, {width}x{height}, is the smallest of {len(sides):,} "
            f"images, half of which have {median} pixels or more: without "
            "--image_size it sets the size of all"
        )
