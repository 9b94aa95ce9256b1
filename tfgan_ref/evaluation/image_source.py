"""Images to be measured, some at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

_BATCH = 256  # Images; of no influence on a score.


@dataclasses.dataclass(frozen=True, eq=False)
class ImageSource:
    """Images, as often as they are asked for.

    Attributes:
        name: of the data set or of the model, for messages.
        count: how many there are.
        batches: function without arguments -> a fresh iterator of uint8
            `[<= n, height, width, channels]`: always the same images, `count`
            in all.
        labels: int64 `[count]`, each at least 0, or None.
    """

    name: str
    count: int
    batches: Callable[[], Iterator[np.ndarray]]
    labels: np.ndarray | None = None


def of_images(data: Images, places: np.ndarray | None = None) -> ImageSource:
    """A data set, or some of its images.

    Args:
        data: the data set; its labels are taken if all of these images have
            one.
        places: int `[count]`, which images, in which order; None is all.
    """
    if places is None:
        places = np.arange(len(data))
    labels = data.labels[places].astype(np.int64)

    def batches():
        for first in range(0, len(places), _BATCH):
            yield data.images[places[first : first + _BATCH]]

    has_labels = len(labels) > 0 and labels.min() >= 0
    return ImageSource(
        data.name, len(places), batches, labels if has_labels else None
    )


def of_function(
    name: str,
    count: int,
    draw: Callable[[np.ndarray], np.ndarray],
    *,
    first_seed: int = 0,
    labels: np.ndarray | None = None,
) -> ImageSource:
    """What a model draws.

    Args:
        name: of the model.
        count: how many images.
        draw: function of int64 `[n]`, consecutive seeds -> `[n, height,
            width, channels]`, uint8, or float in [0, 1], which is rounded to
            one of 256 levels as in a file. A seed has one image, whatever
            the others are.
        first_seed: of the first image.
        labels: int `[count]`, what the images should be of, or None.

    Raises:
        UserError: by `batches`, for images out of range or not finite.
    """

    def batches():
        for first in range(0, count, _BATCH):
            places = np.arange(first, min(first + _BATCH, count))
            yield levels(name, draw(first_seed + places))

    if labels is not None:
        labels = np.asarray(labels, np.int64)
    return ImageSource(name, count, batches, labels)


def shape_of(source: ImageSource) -> tuple[int, int, int]:
    """`(height, width, channels)` of its images.

    Raises:
        UserError: it has none.
    """
    first = next(iter(source.batches()), None)
    if first is None or not len(first):
        raise UserError(f"{source.name}: images were expected. Received: none")
    _check(source, first, first)
    return first.shape[1:]


def rebatched(source: ImageSource, size: int) -> Iterator[np.ndarray]:
    """All images, `size` at a time, however the source has them.

    Hence nothing that is computed of them depends on the source's batches.

    Raises:
        UserError: they are no images of one shape in uint8, or not as many
            as the source says.
    """
    held, seen = None, 0
    for batch in source.batches():
        _check(source, batch, batch if held is None else held)
        seen += len(batch)
        if seen > source.count:
            break
        held = batch if held is None else np.concatenate([held, batch])
        while len(held) >= size:
            yield held[:size]
            held = held[size:]
    if seen != source.count:
        raise UserError(
            f"{source.name}: {source.count} images were expected. "
            f"Received: {seen}{' or more' * (seen > source.count)}"
        )
    if held is not None and len(held):
        yield held


def check_range(name: str, images: np.ndarray) -> None:
    """Raises `UserError` unless all are in [0, 1]."""
    low, high = images.min(), images.max()
    if not (low >= 0.0 and high <= 1.0):  # Nor NaN.
        raise UserError(
            f"{name}: images in [0, 1] were expected. "
            f"Received: [{low:.4g}, {high:.4g}]"
        )


def levels(name: str, images: np.ndarray) -> np.ndarray:
    """Images in [0, 1] -> uint8, each to the nearest level; uint8 as it is.

    Raises:
        UserError: they are not in [0, 1].
    """
    images = np.asarray(images)
    if images.dtype == np.uint8 or not images.size:
        return images.astype(np.uint8)
    check_range(name, images)
    return np.rint(255 * images).astype(np.uint8)


def _check(source, batch, earlier):
    if batch.dtype != np.uint8 or batch.ndim != 4:
        raise UserError(
            f"{source.name}: uint8 [count, height, width, channels] was "
            f"expected. Received: {batch.dtype} {list(batch.shape)}"
        )
    if batch.shape[1:] != earlier.shape[1:]:
        raise UserError(
            f"{source.name}: images of shape {list(earlier.shape[1:])} were "
            f"expected, as the first. Received: {list(batch.shape[1:])}"
        )
