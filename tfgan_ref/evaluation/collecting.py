"""One pass over images, and what all metrics together keep of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.extractors.extractor import Extractor, Features
from tfgan_ref.evaluation.frechet import Moments
from tfgan_ref.evaluation.image_source import ImageSource, rebatched
from tfgan_ref.evaluation.inception_score import InceptionScore
from tfgan_ref.evaluation.neighbours import Points

_BATCH = 250  # Images; the same whatever the source's batches are.


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is to be kept.

    Attributes:
        moments: mean and covariance of the features.
        vectors: the features themselves.
        probabilities: of the classes.
        splits: the sums of the inception score.
        classes: of which the moments are kept by themselves as well.
        pixels: name -> int of any shape, places of images to be kept.
    """

    moments: bool = False
    vectors: bool = False
    probabilities: bool = False
    splits: bool = False
    classes: tuple[int, ...] = ()
    pixels: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)

    @property
    def features(self) -> bool:
        """Whether an extractor is needed."""
        return self.moments or self.vectors or self.probabilities or self.splits

    @property
    def classifies(self) -> bool:
        """Whether the extractor must give probabilities."""
        return self.probabilities or self.splits


class Collected:
    """What was kept of a pass.

    Attributes:
        name: of the source.
        labels: int64 `[count]`, or None.
        moments: of all images, None, and of classes -> `Moments`.
        vectors: float32 `[count, features]`; None if not wanted.
        probabilities: float32 `[count, classes]`; None if not wanted.
        inception_score: of `inception_score`; None if not wanted.
        pixels: name -> uint8 `[*places, height, width, channels]`.

    Args:
        source: the images.
        extractor: of features; None will do where none are wanted.
        wanted: what to keep.
        image_shape: `(height, width, channels)`, what is expected.

    Raises:
        UserError: images or features are not as expected, or too few.
    """

    def __init__(
        self,
        source: ImageSource,
        extractor: Extractor | None,
        wanted: Wanted,
        image_shape: tuple[int, int, int],
    ):
        _check(source)
        self.name = source.name
        self.labels = source.labels
        self.moments: dict[int | None, Moments] = {}
        self.vectors: np.ndarray | None = None
        self.probabilities: np.ndarray | None = None
        self.inception_score = (
            InceptionScore(source.name, source.count) if wanted.splits else None
        )
        self.pixels = {
            name: np.zeros((*places.shape, *image_shape), np.uint8)
            for name, places in wanted.pixels.items()
        }
        self._wanted = wanted
        self._points: dict[int | None, Points] = {}
        first = 0
        for images in rebatched(source, _BATCH):
            if images.shape[1:] != image_shape:
                raise UserError(
                    f"{source.name}: images of shape {list(image_shape)} were "
                    f"expected. Received: {list(images.shape[1:])}"
                )
            rows = slice(first, first + len(images))
            self._keep_pixels(rows, images)
            if extractor is not None and wanted.features:
                features = _extract(source.name, extractor, images)
                if wanted.classifies and features.probabilities is None:
                    raise UserError(
                        "The inception score and the diversity of classes need "
                        "an extractor that classifies. Received: "
                        f"{extractor.name}"
                    )
                self._keep_features(source.count, rows, features)
            first += len(images)

    def of_class(self, which: int | None) -> np.ndarray:
        """The vectors of a class, or of all for None."""
        assert self.vectors is not None
        return self.rows_of(which, self.vectors)

    def rows_of(self, which: int | None, values: np.ndarray) -> np.ndarray:
        """Of values of all images, `[count, ...]`, those of a class."""
        return values[self._is_of(which)]

    def _is_of(self, which):
        """Index of the images of a class, or of all for None."""
        return slice(None) if which is None else self.labels == which

    def points(self, which: int | None) -> Points:
        """The same for metrics of neighbours, made once."""
        if which not in self._points:
            name = self.name if which is None else f"{self.name}, class {which}"
            self._points[which] = Points(name, self.of_class(which))
        return self._points[which]

    def _keep_pixels(self, rows, images):
        for name, places in self._wanted.pixels.items():
            here = (places >= rows.start) & (places < rows.stop)
            self.pixels[name][here] = images[places[here] - rows.start]

    def _keep_features(self, count, rows, features):
        vectors, probabilities = features
        if self._wanted.moments:
            self._keep_moments(rows, vectors)
        if self._wanted.vectors:
            self.vectors = _put(self.vectors, count, rows, vectors)
        if self._wanted.probabilities:
            self.probabilities = _put(
                self.probabilities, count, rows, probabilities
            )
        if self.inception_score is not None:
            self.inception_score.update(probabilities)

    def _keep_moments(self, rows, vectors):
        for which in (None, *self._wanted.classes):
            chosen = vectors
            if which is not None:
                chosen = vectors[self._is_of(which)[rows]]
            if len(chosen):
                moments = self.moments.setdefault(
                    which, Moments(vectors.shape[1])
                )
                moments.update(chosen)


def _put(kept, count, rows, values):
    """Puts rows into an array of as many as there will be."""
    if kept is None:
        kept = np.zeros((count, values.shape[1]), np.float32)
    kept[rows] = values
    return kept


def _check(source):
    if source.count < 1:
        raise UserError(f"{source.name}: images were expected. Received: none")
    if source.labels is not None and len(source.labels) != source.count:
        raise UserError(
            f"{source.name}: {source.count} labels were expected. "
            f"Received: {len(source.labels)}"
        )


def _extract(name, extractor, images) -> Features:
    features = extractor(images)
    for values in features:
        if values is not None and not np.isfinite(values).all():
            raise UserError(
                f"{name}: finite features were expected of the extractor "
                f"{extractor.name}. Received: others"
            )
    return features
