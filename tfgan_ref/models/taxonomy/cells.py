"""Points of the plane as bits: which cell of a square grid they are in."""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf


class Cells:
    """A square about the origin in 2^bits cells per side.

    Bits are of the reflected code of Gray, so that neighbours differ in one.

    Args:
        reach: float, half of the square's side; what is beyond counts to the
            cells at its edge.
        bits: int, of each coordinate.
    """

    def __init__(self, reach, bits=6):
        self.reach = reach
        self.bits = bits
        self.width = 2.0 * reach / 2**bits
        self.length = 2 * bits

    def encode(self, points):
        """Float `[count, 2]` -> bits float32 `[count, 2 * bits]`."""
        place = tf.floor((points + self.reach) / self.width)
        place = tf.clip_by_value(place, 0, 2**self.bits - 1)
        halves = 2.0 ** np.arange(self.bits - 1, -1, -1)
        binary = tf.floor(place[..., tf.newaxis] / np.float32(halves)) % 2.0
        before = tf.pad(binary[..., :-1], [[0, 0], [0, 0], [1, 0]])
        return tf.reshape(tf.abs(binary - before), [-1, self.length])

    def decode(self, bits, seed):
        """Points float32 `[count, 2]`, anywhere in the cells of the bits.

        Args:
            bits: `[count, 2 * bits]`.
            seed: int.
        """
        gray = np.asarray(bits, int).reshape(-1, 2, self.bits)
        binary = gray.cumsum(-1) % 2
        place = binary @ (2 ** np.arange(self.bits - 1, -1, -1))
        within = np.random.default_rng(seed).uniform(size=place.shape)
        return np.float32((place + within) * self.width - self.reach)


class Celled:
    """A family of bits as one of points, whose density is flat in each cell.

    Args:
        model: `Family` of `cells.length` bits.
        cells: `Cells`.
    """

    def __init__(self, model, cells):
        self.model = model
        self.cells = cells
        self.density = model.density
        self.evaluations = model.evaluations
        self.parameters = model.parameters

    def fit(self, minibatches, **how):
        """As the model does."""
        self.model.fit(minibatches.map(self.cells.encode), **how)

    def sample(self, count, seed):
        """Points float32 `[count, 2]`."""
        return self.cells.decode(self.model.sample(count, seed), seed)

    def log_density(self, points):
        """log P(cell) less the logarithm of its area; None as the model's."""
        points = tf.convert_to_tensor(points)
        found = self.model.log_density(self.cells.encode(points).numpy())
        if found is None:
            return None
        return found - 2.0 * math.log(self.cells.width)
