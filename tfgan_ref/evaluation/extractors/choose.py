"""From the name of an extractor to the extractor."""

from __future__ import annotations

from tfgan_ref.evaluation.extractors.extractor import Extractor


def load(text: str, image_shape: tuple[int, int, int]) -> Extractor:
    """Loads an extractor.

    Args:
        text: `pixels`, `classifier:FILE.keras`, `inception2015:FILE.pb`,
            `inception_keras:FILE.h5` or `user:FILE_OR_FOLDER`.
        image_shape: `(height, width, channels)` of the images to come.

    Raises:
        UserError: there is no such extractor, its file is missing, damaged
            or does more than compute, or it is for images of another shape.
    """
    raise NotImplementedError
