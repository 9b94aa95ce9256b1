"""What is asked of pixels."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Constraint:
    """Colours that some pixels are to have.

    Attributes:
        colours: float32 `[height, width, channels]` in [0, 1].
        weights: float32 `[height, width, 1]` >= 0, how much each pixel counts;
            not all 0.
        distance: function of differences -> costs, of each number.
    """

    colours: np.ndarray
    weights: np.ndarray
    distance: Callable = tf.square

    def cost(self, images):
        """The weighted mean of the distances.

        Args:
            images: float32 `[count, height, width, channels]` in [0, 1].

        Returns:
            float32 `[count]`.
        """
        distances = self.distance(images - self.colours)
        total = tf.reduce_sum(self.weights * distances, [1, 2, 3])
        return total / (self.weights.sum() * self.colours.shape[-1])

    def error(self, image: np.ndarray) -> float:
        """The weighted root mean squared difference of one image, of levels.

        Args:
            image: float `[height, width, channels]` in [0, 1].
        """
        squares = np.square(image - self.colours, dtype=np.float64).mean(-1)
        return float(np.sqrt(np.average(squares, weights=self.weights[..., 0])))


def whole(image: np.ndarray) -> Constraint:
    """All of an image: what is sought is its projection.

    iGAN adds the features of a classifier (AlexNet's, times 0.002).
    """
    return Constraint(image, np.ones_like(image[..., :1]))


def known(image: np.ndarray, hidden: np.ndarray) -> Constraint:
    """An image but for its hidden pixels, by absolute differences.

    The contextual loss of Yeh et al. (2016).

    Args:
        image: float32 `[height, width, channels]` in [0, 1].
        hidden: bool `[height, width, 1]`.
    """
    return Constraint(image, 1.0 - hidden.astype(np.float32), tf.abs)
