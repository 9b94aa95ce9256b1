"""From the name of a data set to its images."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable

import numpy as np

from tfgan_ref.data import contrast, reading
from tfgan_ref.data import fit as fitting
from tfgan_ref.data.labels import keep_labels
from tfgan_ref.data.rows import Rows, fingerprint
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import parse_colour


@dataclasses.dataclass(frozen=True, eq=False)
class Images:
    """A data set, one byte per value.

    Attributes:
        name: as it was asked for.
        images: uint8 `[count, height, width, channels]`, an array in memory or
            `Rows`, of which an index reads what it names.
        labels: int32 `[count]`, -1 where an image has no label.
        class_names: the name of each label, empty where there are none.
        captions: a text for each image, empty where there are none.
        attributes: what else is known of each, such as the skin tone of
            `emoji`, `` where it has none; empty where nothing is.
    """

    name: str
    images: np.ndarray | Rows
    labels: np.ndarray
    class_names: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

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
        return fingerprint(self.images, self.labels)


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
        name: `digits`, `emoji`, `idx:FOLDER`, `folder:FOLDER`, or an image
            data set of TFDS such as `mnist`, `fashion_mnist`, `cifar10`,
            `svhn_cropped` or `celeb_a`.
        split: `train`, `test` or, for TFDS, any split it knows; for a folder
            and `emoji` see their `open_source`.
        image_size: height and width in pixels; or a function from the natural
            size (the shorter side of the smallest image; in `pad` the longer)
            to it; None keeps the natural size.
        channels: 1 (grey) or 3 (colour); None keeps what the images have.
        labelled: how many examples keep their label, equally many of each
            class; the others get -1. None: all.
        label_seed: which examples keep it.
        data_dir: where TFDS keeps its data sets, and `emoji` is.
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
    entry = reading.Reader(
        name, split, image_size, channels, data_dir, how, _open
    ).read()
    data = Images(
        name,
        entry.images,
        entry.labels,
        entry.class_names,
        entry.captions,
        entry.attributes,
    )
    if entry.fingerprint:
        vars(data)["fingerprint"] = entry.fingerprint
    contrast.warn_of_little(name, data.images)
    if labelled is None:
        return data
    if data.labels.max() < 0:
        raise UserError(
            f"{name} has no labels, of which {labelled} were to be kept "
            f"(--labels={labelled}). Received: {len(data)} images without one"
        )
    labels = keep_labels(data.labels, labelled, label_seed)
    return dataclasses.replace(data, labels=labels)


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
    if name == "emoji":
        from tfgan_ref.data import emoji

        return emoji.open_source(data_dir, split, background)
    from tfgan_ref.data import tfds_images

    return tfds_images.open_source(name, split, data_dir)
