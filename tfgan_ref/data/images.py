"""From the name of a data set to its images in memory."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Callable

import numpy as np

from tfgan_ref.data import cache, contrast, notes, origin
from tfgan_ref.data import fit as fitting
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import parse_colour


@dataclasses.dataclass(frozen=True, eq=False)
class Images:
    """A data set in memory, one byte per value.

    Attributes:
        name: as it was asked for.
        images: uint8 `[count, height, width, channels]`.
        labels: int32 `[count]`, -1 where an image has no label.
        class_names: the name of each label, empty where there are none.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)`."""
        return self.images.shape[1:]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.images)

    @property
    def summary(self) -> str:
        """In a few words."""
        height, width, channels = self.image_shape
        return f"{len(self):,} images of {height}x{width}x{channels}"

    @property
    def facts(self) -> dict[str, object]:
        """What a run records of them, JSON values."""
        return {
            "count": len(self),
            "image_shape": list(self.image_shape),
            "sha256": self.fingerprint,
        }

    @functools.cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the shape, the images and the labels, in hexadecimal."""
        digest = hashlib.sha256(repr(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()


def load(
    name: str,
    *,
    split: str = "train",
    image_size: int | Callable[[int], int] | None = None,
    channels: int | None = None,
    labelled: int | None = None,
    label_seed: int = 0,
    data_dir: str | None = None,
    fit: str = "crop",
    background: str = "white",
) -> Images:
    """Loads a data set by name.

    Images are brought to a square and resized with antialiasing. What a user
    should know of them is logged, and again at each start.

    Args:
        name: `digits`, `idx:FOLDER`, `folder:FOLDER`, or an image data set of
            TFDS such as `mnist`, `fashion_mnist`, `cifar10`, `svhn_cropped`
            or `celeb_a`.
        split: `train`, `test` or, for TFDS, any split it knows; for a folder
            see `folder.open_source`.
        image_size: height and width in pixels; or a function from the natural
            size (the shorter side of the smallest image; in `pad` the longer)
            to it; None keeps the natural size.
        channels: 1 (grey) or 3 (colour); None keeps what the images have.
        labelled: how many examples keep their label, equally many of each
            class; the others get -1. None: all.
        label_seed: which examples keep it.
        data_dir: where TFDS keeps its data sets.
        fit: `crop`, `pad` or `stretch`, see `fit.fit`.
        background: a colour such as `white` or `#80c0ff`, under what is
            transparent in a folder's pictures and beside what is padded.

    Raises:
        UserError: the name is unknown, the data cannot be read, or an option
            does not fit it.
    """
    if channels not in (None, 1, 3):
        raise UserError(f"`channels` must be 1 or 3. Received: {channels}")
    if isinstance(image_size, int) and image_size < 1:
        raise UserError(
            f"`image_size` must be positive. Received: {image_size}"
        )
    if data_dir is not None and _is_of_files(name):
        raise UserError(
            "`data_dir` is where TFDS keeps its data sets, of which "
            f"{name} is none. Received: data_dir={data_dir}"
        )
    if fit not in fitting.METHODS:
        raise UserError(
            f"`fit` must be one of {', '.join(fitting.METHODS)}. "
            f"Received: {fit!r}"
        )
    how = {"method": fit, "background": parse_colour(background)}
    data = _load(name, split, image_size, channels, data_dir, how)
    contrast.warn_of_little(name, data.images)
    if labelled is None:
        return data
    labels = keep_labels(data.labels, labelled, label_seed)
    return dataclasses.replace(data, labels=labels)


def keep_labels(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Returns the labels with all but `count` of them set to -1.

    Every class keeps `count / classes` of its own, chosen at random, as in
    the semi-supervised experiments of Salimans et al. (2016).

    Args:
        labels: int `[examples]`, -1 where there is none.
        count: how many to keep in all.
        seed: of the choice.

    Raises:
        UserError: there are no labels, `count` is not a multiple of the
            number of classes (the largest label + 1), or a class has too few
            examples.
    """
    classes = int(labels.max()) + 1
    if not classes:
        raise UserError(
            f"`labelled`={count} needs labels; the data set has none"
        )
    if count < 1 or count % classes:
        raise UserError(
            f"`labelled` must be a positive multiple of the {classes} classes, "
            f"of which each gets as many labels. Received: {count}"
        )
    each = count // classes
    order = np.random.default_rng(seed).permutation(len(labels))
    kept = np.full_like(labels, -1)
    for label in range(classes):
        chosen = order[labels[order] == label][:each]
        if len(chosen) < each:
            raise UserError(
                f"`labelled`={count} asks for {each} examples of each class; "
                f"class {label} has {len(chosen)}"
            )
        kept[chosen] = label
    return kept


def _load(name, split, image_size, channels, data_dir, how) -> Images:
    """`load` with every label, by way of the cache."""
    found = origin.find(name, split, data_dir)
    if found is None:
        source = _open(name, split, data_dir, how["background"])
        return _read(source, name, image_size, channels, how)
    wanted = str(getattr(image_size, "__qualname__", image_size))
    request = json.dumps([name, split, found.folder, wanted, channels, how])
    kept = _fetch(request, found.state, name, image_size)
    if kept is not None:
        return kept
    source = _open(name, split, data_dir, how["background"])
    data = _read(source, name, image_size, channels, how)
    is_settled = not source.notes.may_pass
    # It may have been written to meanwhile.
    if is_settled and found == origin.find(name, split, data_dir):
        entry = cache.Entry(
            data.images,
            data.labels,
            data.class_names,
            fitting.natural_size(source, how["method"]),
            data.fingerprint,
            source.notes.lines,
        )
        cache.store(request, found.state, entry)
    return data


def _fetch(request, state, name, image_size) -> Images | None:
    """What the cache holds, if it is what is asked for and not damaged."""
    kept = cache.fetch(request, state)
    if kept is None:
        return None
    data = Images(name, kept.images, kept.labels, kept.class_names)
    if data.fingerprint != kept.fingerprint:
        return None
    # What the function of the natural size gives may have changed.
    size = _size(image_size, kept.natural_size)
    if data.image_shape[0] != size:
        return None
    notes.repeat(kept.notes)
    return data


def _read(source: Source, name: str, image_size, channels, how) -> Images:
    if how["method"] == "crop":
        fitting.tell_loss(source)
    images, labels = _collect(
        source,
        _size(image_size, fitting.natural_size(source, how["method"])),
        channels or source.channels,
        how,
    )
    source.notes.finish()
    if not len(images):
        raise UserError(f"{name} holds no image that can be read")
    if source.class_names and labels.max() >= len(source.class_names):
        raise UserError(
            f"{name}: labels below {len(source.class_names)}, the number of "
            f"classes, were expected. Received: {labels.max()}"
        )
    return Images(name, images, labels, source.class_names)


def _size(image_size, natural_size: int) -> int:
    """The size in pixels that `load` was asked for."""
    if callable(image_size):
        image_size = image_size(natural_size)
    return image_size or natural_size


def _is_of_files(name: str) -> bool:
    """Whether it needs no TFDS."""
    kind, _, folder = name.partition(":")
    return name == "digits" or (kind in ("idx", "folder") and bool(folder))


def _open(name: str, split: str, data_dir: str | None, background) -> Source:
    """Imports only the kind of source that is asked for."""
    kind, _, folder = name.partition(":")
    folder = os.path.expanduser(folder)
    if name == "digits":
        from tfgan_ref.data import digits

        return digits.open_source(split)
    if kind == "idx" and folder:
        from tfgan_ref.data import idx

        return idx.open_source(folder, split)
    if kind == "folder" and folder:
        from tfgan_ref.data import folder as image_folder

        return image_folder.open_source(folder, split, background)
    from tfgan_ref.data import tfds_images

    return tfds_images.open_source(name, split, data_dir)


def _collect(
    source: Source, size: int, channels: int, how
) -> tuple[np.ndarray, np.ndarray]:
    labels = []

    def fitted():
        for image, label in source.examples:
            labels.append(label)
            yield fitting.fit(image, size, channels, **how)

    # Grows one array: a list of all images would need the memory twice.
    dtype = np.dtype((np.uint8, (size, size, channels)))
    return np.fromiter(fitted(), dtype), np.asarray(labels, np.int32)
