"""The classifier that tools/train_classifier.py has trained."""

from __future__ import annotations

import pathlib

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier
from tfgan_ref.evaluation.extractors.extractor import Features, check_shape


class Classifier:
    """What its last layer is given, and its probabilities; see `Extractor`.

    Attributes:
        record: what its JSON file says, see `classifier.save`.

    Args:
        path: NAME.keras, with NAME.json beside it.
        image_shape: `(height, width, channels)` of the images to come.

    Raises:
        UserError: as of `classifier.load`; or it is for other images, or has
            no layer `logits`.
    """

    name = "classifier"
    resize = None

    def __init__(self, path: pathlib.Path, image_shape: tuple[int, int, int]):
        loaded = classifier.load(path)
        self.record = loaded.record
        self.sha256 = loaded.record["sha256"]
        self._shape = loaded.network.input_shape[1:]
        check_shape(f"{path}", image_shape, self._shape)
        names = [layer.name for layer in loaded.network.layers]
        if "logits" not in names:
            raise UserError(
                f"{path}: a classifier with the layer `logits` was expected. "
                f"Received: {', '.join(names)}"
            )
        network = loaded.network
        hidden = network.get_layer("logits").input
        both = keras.Model(network.inputs, [hidden, network.output])
        self._call = tf.function(
            lambda images: both(images, training=False),
            input_signature=[tf.TensorSpec((None, *self._shape), tf.float32)],
            autograph=False,
        )

    def __call__(self, images: np.ndarray) -> Features:
        """See `Extractor`."""
        check_shape(self.name, images.shape[1:], self._shape)
        vectors, probabilities = self._call(
            images.astype(np.float32) / 127.5 - 1.0
        )
        return Features(vectors.numpy(), probabilities.numpy())
