"""What a discriminator's convolutions see of images, as rows of numbers.

Reference:
    Radford, Metz, Chintala (2016), Unsupervised Representation Learning with
    Deep Convolutional Generative Adversarial Networks, section 5.1,
    https://arxiv.org/abs/1511.06434; Newmu/dcgan_code
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError

GRID = 4  # Cells of a map, down and across.
_ROWS = 250  # Images at a time; of no influence on their features.
_ACTIVATIONS = (
    layers.Activation,
    layers.ELU,
    layers.LeakyReLU,
    layers.PReLU,
    layers.ReLU,
)


class ConvolutionalFeatures:
    """The maps of every convolution, after its activation, on a 4x4 grid.

    Each map is max-pooled to the grid; one that is smaller stays as it is.
    Layers that only training has, noise and dropout, are off.

        features = ConvolutionalFeatures("runs/a", gan.discriminator)
        features.see(data.images[: features.SEEN])
        rows = features(data.images, np.arange(len(data)))

    Args:
        name: of the run, for messages.
        discriminator: `keras.Model`, images `[batch, height, width, channels]`
            in [-1, 1] -> anything.

    Attributes:
        shape: `(height, width, channels)` of its images.
        count: int, features of an image.

    Raises:
        UserError: it takes something else than images, or has no convolution.
    """

    SEEN = 1000  # Images that `see` needs.

    def __init__(self, name: str, discriminator: keras.Model):
        self.shape = _image_shape(name, discriminator)
        maps = _maps(discriminator)
        if not maps:
            kinds = {type(layer).__name__ for layer in discriminator.layers}
            raise UserError(
                f"{name}: a discriminator with convolutions was expected. "
                f"Received: one of {', '.join(sorted(kinds))}"
            )
        self._network = keras.Model(discriminator.input, maps)
        self._rows = tf.function(
            self._of_batch,
            input_signature=[tf.TensorSpec([None, *self.shape], tf.float32)],
        )
        self.count = sum(
            map_.shape[-1] * math.prod(min(n, GRID) for n in map_.shape[1:3])
            for map_ in maps
        )

    def see(self, images: np.ndarray) -> None:
        """Batch normalisation takes its statistics of these images.

        As released, and as the discriminator sees real images in training; the
        moving ones are of samples as well, and of a network that was never
        trained they are of nothing. The network itself is changed.

        Args:
            images: uint8 `[count, height, width, channels]`, all at once;
                `SEEN` are enough.
        """
        normalizations = [
            layer
            for layer in self._network.layers
            if isinstance(layer, layers.BatchNormalization)
        ]
        for layer in normalizations:
            layer.momentum = 0.0
        if normalizations:
            self._network(_scaled(images), training=True)

    def __call__(
        self, images: np.ndarray | Rows, places: np.ndarray
    ) -> np.ndarray:
        """The features of some images.

        Args:
            images: uint8 `[count, height, width, channels]`.
            places: int `[n]`, which, in which order.

        Returns:
            float32 `[n, self.count]`.
        """
        found = np.empty((len(places), self.count), np.float32)
        for first in range(0, len(places), _ROWS):
            rows = slice(first, first + _ROWS)
            found[rows] = self._rows(_scaled(images[places[rows]]))
        return found

    def _of_batch(self, images):
        maps = self._network(images, training=False)
        grids = [tf.cast(pooled(map_), tf.float32) for map_ in maps]
        rows = [
            tf.reshape(grid, [-1, math.prod(grid.shape[1:])]) for grid in grids
        ]
        return tf.concat(rows, 1)


def pooled(maps: tf.Tensor, cells: int = GRID) -> tf.Tensor:
    """The largest values in the cells of a grid.

    Of a size that the grid does not divide, cells overlap by one: cell i of n
    begins at floor(i size / n) and ends before ceil((i + 1) size / n).

    Args:
        maps: float `[batch, height, width, channels]`, of known sizes.
        cells: int, of the grid, down and across.

    Returns:
        Of the same type, `[batch, min(height, cells), min(width, cells),
        channels]`.
    """
    for axis in (1, 2):
        size = maps.shape[axis]
        if size > cells:
            parts = [
                tf.gather(
                    maps,
                    range(i * size // cells, -(-(i + 1) * size // cells)),
                    axis=axis,
                )
                for i in range(cells)
            ]
            maps = tf.stack([tf.reduce_max(x, axis) for x in parts], axis)
    return maps


def pixels(images: np.ndarray | Rows, places: np.ndarray) -> np.ndarray:
    """The levels of some images, float32 `[n, features]` in [-1, 1].

    Args:
        images: uint8 `[count, height, width, channels]`.
        places: int `[n]`, which, in which order.
    """
    found = np.empty((len(places), math.prod(images.shape[1:])), np.float32)
    for first in range(0, len(places), _ROWS):
        rows = slice(first, first + _ROWS)
        levels = images[places[rows]]
        found[rows] = levels.reshape(len(levels), -1) / 127.5 - 1.0
    return found


def _scaled(images):
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def _image_shape(name, discriminator):
    """`(height, width, channels)` of what a discriminator is given."""
    given = discriminator.input
    if isinstance(given, dict):
        received = " and ".join(sorted(given))
    elif isinstance(given, (list, tuple)):
        received = f"{len(given)} tensors"
    elif len(given.shape) != 4 or None in given.shape[1:]:
        received = f"of shape {list(given.shape)}"
    else:
        return tuple(given.shape[1:])
    raise UserError(
        f"{name}: a discriminator that is given images alone was expected. "
        f"Received: {received}"
    )


def _maps(network) -> list[Any]:
    """What each convolution gives in the end, as a Keras tensor."""
    return [
        _activated(network, place)
        for place, layer in enumerate(network.layers)
        if _is_convolution(layer)
    ]


def _activated(network, place):
    """The output of the activation behind a convolution, or its own."""
    maps = network.layers[place].output
    last = maps
    for layer in network.layers[place + 1 :]:
        if layer.input is not last or _is_convolution(layer):
            continue
        last = layer.output
        if last.shape != maps.shape:
            break
        if isinstance(layer, _ACTIVATIONS):
            return last
    return maps


def _is_convolution(layer):
    # Within WeightNormalization, SpectralNormalization and the like.
    inner = layer.layer if isinstance(layer, layers.Wrapper) else layer
    return isinstance(inner, layers.Conv2D)
