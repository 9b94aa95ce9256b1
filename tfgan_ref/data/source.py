"""What every kind of data set is before its images are brought to one size."""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from tfgan_ref.data.notes import Notes


@dataclasses.dataclass(frozen=True)
class Source:
    """Images as they are stored, decoded as they are iterated over.

    Attributes:
        examples: pairs (image, label): uint8 `[height, width, channels]` with
            1 or 3 channels, and an int, -1 where there is no label. Of a
            sequence, several threads ask for one each; None is no example.
        natural_size: the size in pixels at which the images are used unless
            another one is asked for: the shorter side of the smallest.
        channels: 1 if all images are grey, else 3.
        class_names: the name of each label, empty where there are none.
        sizes: width and height in pixels, in either order, of all images of
            the split; empty where nobody knows.
        count: how many examples there are at most; None if nobody knows.
        captions: a text for each example, all of which then decode; or none.
        attributes: likewise, what else is known of each.
        files: the name of each example's file within the folder of the split,
            where each has one of its own.
        notes: what is said of them; to be finished once all are decoded.
    """

    examples: Iterable[tuple[np.ndarray, int]]
    natural_size: int
    channels: int
    class_names: tuple[str, ...] = ()
    sizes: Sequence[tuple[int, int]] = ()
    count: int | None = None
    captions: Sequence[str] = ()
    attributes: Sequence[str] = ()
    files: Sequence[str] = ()
    notes: Notes = dataclasses.field(default_factory=Notes)
