"""Images of one size, out of the cache or else of the files of a data set."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable

import numpy as np

from tfgan_ref.data import cache, decoding, fit, notes, origin
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import Colour


@dataclasses.dataclass(frozen=True)
class Reader:
    """What is wanted of which data set.

    Attributes:
        name: as for `images.load`, and so are those that follow.
        split: str.
        image_size: int, function or None.
        channels: int or None.
        data_dir: str or None.
        how: `method` and `background` of `fit.fit`.
        open_source: function of `name`, `split`, `data_dir` and a background.
    """

    name: str
    split: str
    image_size: int | Callable[[int], int] | None
    channels: int | None
    data_dir: str | None
    how: dict
    open_source: Callable[[str, str, str | None, Colour], Source]

    def read(self) -> cache.Entry:
        """Reads the images: into the cache, or into memory where there is none.

        Raises:
            UserError: as for `images.load`.
        """
        found = self._find()
        if found is None:
            self._source  # noqa: B018 It may be prepared now.
            found = self._find()
        if found is None:
            return self._in_memory()
        kept = self._fetch(found)
        if kept is None:
            try:
                with cache.turn(self._request(found)):
                    kept = self._fetch(found) or self._store(found)
            except (OSError, RuntimeError) as error:
                cache.warn(error)
                kept = self._in_memory()
        return kept

    def _find(self):
        return origin.find(self.name, self.split, self.data_dir)

    @functools.cached_property
    def _source(self) -> Source:
        source = self.open_source(
            self.name, self.split, self.data_dir, self.how["background"]
        )
        if self.how["method"] == "crop":
            fit.tell_loss(source)
        return source

    @property
    def _natural_size(self) -> int:
        return fit.natural_size(self._source, self.how["method"])

    def _request(self, found) -> str:
        wanted = getattr(self.image_size, "__qualname__", self.image_size)
        asked = self.name, self.split, found.folder, str(wanted), self.channels
        return json.dumps([*asked, self.how])

    def _fetch(self, found) -> cache.Entry | None:
        """What the cache holds, if it is what is asked for."""
        kept = cache.fetch(self._request(found), found.state)
        # What the function of the natural size gives may have changed.
        if kept and kept.images.shape[1] != self._size(kept.natural_size):
            return None
        if kept:
            notes.repeat(kept.notes)
        return kept

    def _store(self, found) -> cache.Entry:
        def is_to_stay(labels):
            self._check(labels)
            is_settled = not self._source.notes.may_pass
            # It may have been written to meanwhile.
            return is_settled and found == self._find()

        return cache.store(
            self._request(found),
            found.state,
            self._decoded(),
            self._image_shape,
            decoding.count(self._source),
            class_names=self._source.class_names,
            natural_size=self._natural_size,
            notes=self._source.notes.lines,
            is_to_stay=is_to_stay,
        )

    def _in_memory(self) -> cache.Entry:
        labels = []

        def images():
            for chunk, their_labels in self._decoded():
                labels.append(their_labels)
                yield from chunk

        # Grows one array: a list of all images would need the memory twice.
        dtype = np.dtype((np.uint8, self._image_shape))
        pixels = np.fromiter(images(), dtype)
        all_labels = np.concatenate(labels or [np.empty(0, np.int32)])
        self._check(all_labels)
        names, size = self._source.class_names, self._natural_size
        return cache.Entry(pixels, all_labels, names, size, None, [])

    @functools.cached_property
    def _image_shape(self):
        size = self._size(self._natural_size)
        return size, size, self.channels or self._source.channels

    def _size(self, natural_size: int) -> int:
        """The size in pixels that is asked for."""
        size = self.image_size
        return (size(natural_size) if callable(size) else size) or natural_size

    def _decoded(self):
        size, _, channels = self._image_shape

        def to_size(image):
            return fit.fit(image, size, channels, **self.how)

        return decoding.decode(self._source, to_size)

    def _check(self, labels):
        self._source.notes.finish()
        if not len(labels):
            raise UserError(f"{self.name} holds no image that can be read")
        class_names = self._source.class_names
        if class_names and labels.max() >= len(class_names):
            raise UserError(
                f"{self.name}: labels below {len(class_names)}, the number of "
                f"classes, were expected. Received: {labels.max()}"
            )
