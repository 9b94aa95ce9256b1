"""InceptionV3 of keras.applications, with weights from a local file.

Other weights than of the graph of 2015, and hence other numbers: it is no FID
that a paper prints.

Reference:
    Parmar, Zhang, Zhu (2022), On Aliased Resizing and Surprising Subtleties in
    GAN Evaluation, https://arxiv.org/abs/2104.11222, of how images are resized.
"""

from __future__ import annotations

import hashlib
import pathlib

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from tfgan_ref import inputs
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation.extractors.colours import in_colour
from tfgan_ref.evaluation.extractors.extractor import Features

_SIZE = 299  # Pixels.
_AT_A_TIME = 32  # Images.


class InceptionKeras:
    """Features of `avg_pool`, and the probabilities; see `Extractor`.

    Args:
        path: NAME.h5, weights of the network with its top, of 1000 classes.
        image_shape: `(height, width, channels)` of the images to come, grey
            or in colour.

    Raises:
        UserError: the file is missing or holds other weights, or the images
            have other channels.
    """

    name = "inception_keras"
    resize = f"clean: bicubic to {_SIZE}x{_SIZE}, with antialias, in float"

    def __init__(self, path: pathlib.Path, image_shape: tuple[int, int, int]):
        in_colour(self.name, np.zeros((1, *image_shape), np.uint8))
        if path.suffix != ".h5":
            raise UserError(f"A file NAME.h5 was expected. Received: {path}")
        self.sha256 = hashlib.sha256(inputs.read_bytes(path)).hexdigest()
        network = keras.applications.InceptionV3(weights=None)
        try:
            network.load_weights(path)
        except Exception as error:
            # Whatever weights of another network run into.
            raise UserError(
                f"Keras cannot load {path}: {reason(error)}"
            ) from None
        pool = network.get_layer("avg_pool").output
        both = keras.Model(network.inputs, [pool, network.output])
        self._call = tf.function(
            lambda images: both(images, training=False),
            input_signature=[
                tf.TensorSpec((None, _SIZE, _SIZE, 3), tf.float32)
            ],
            autograph=False,
        )

    def __call__(self, images: np.ndarray) -> Features:
        """See `Extractor`."""
        parts = [
            self._call(_prepared(self.name, images[first : first + _AT_A_TIME]))
            for first in range(0, len(images), _AT_A_TIME)
        ]
        vectors, probabilities = zip(*parts, strict=True)
        return Features(np.concatenate(vectors), np.concatenate(probabilities))


def resized(images: np.ndarray) -> np.ndarray:
    """Uint8 `[count, height, width, channels]` -> float32 in [0, 255]."""
    planes = [
        [_plane(image[..., k]) for k in range(image.shape[-1])]
        for image in images
    ]
    return np.clip(np.moveaxis(np.array(planes, np.float32), 1, -1), 0, 255)


def _plane(levels):
    plane = Image.fromarray(levels.astype(np.float32))
    return np.asarray(plane.resize((_SIZE, _SIZE), Image.Resampling.BICUBIC))


def _prepared(name, images):
    """Float32 `[count, 299, 299, 3]` in [-1, 1]."""
    return in_colour(name, resized(images)) / 127.5 - 1.0
