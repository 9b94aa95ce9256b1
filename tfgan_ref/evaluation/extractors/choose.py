"""From the name of an extractor to the extractor."""

from __future__ import annotations

import pathlib

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.extractors.extractor import Extractor
from tfgan_ref.evaluation.extractors.pixels import Pixels

FORMS = (
    "pixels",
    "classifier:FILE.keras",
    "inception2015:FILE.pb",
    "inception_keras:FILE.h5",
    "user:FILE_OR_FOLDER",
)


def load(text: str, image_shape: tuple[int, int, int]) -> Extractor:
    """Loads an extractor.

    Args:
        text: one of `FORMS`, with the path of a file or folder.
        image_shape: `(height, width, channels)` of the images to come.

    Raises:
        UserError: there is no such extractor, its file is missing, damaged
            or does more than compute, or it is for images of another shape.
    """
    if text == "pixels":
        return Pixels()
    kind, _, name = text.partition(":")
    path = pathlib.Path(name).expanduser()
    # Only what is asked for is imported.
    if kind == "classifier" and name:
        from tfgan_ref.evaluation.extractors import classifier

        return classifier.Classifier(path, image_shape)
    if kind == "inception2015" and name:
        from tfgan_ref.evaluation.extractors import inception2015

        return inception2015.Inception2015(path, image_shape)
    if kind == "inception_keras" and name:
        from tfgan_ref.evaluation.extractors import inception_keras

        return inception_keras.InceptionKeras(path, image_shape)
    if kind == "user" and name:
        from tfgan_ref.evaluation.extractors import user

        return user.User(path, image_shape)
    raise UserError(f"Extractors are {', '.join(FORMS)}. Received: {text!r}")
