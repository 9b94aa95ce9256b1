"""Mixtures of Gaussians: density and samples."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError


@dataclasses.dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of Gaussians, each the same in all directions.

    Attributes:
        means: float64 `[modes, dimensions]`.
        scales: float64 `[modes]`, standard deviations.
        weights: float64 `[modes]`, of sum 1.
    """

    means: np.ndarray
    scales: np.ndarray
    weights: np.ndarray

    def log_prob(self, points):
        """log p(x).

        Args:
            points: float `[..., dimensions]`, float32 or float64.

        Returns:
            `[...]` of the same dtype.
        """
        points = tf.convert_to_tensor(points)
        means, scales, weights = (
            tf.cast(value, points.dtype)
            for value in (self.means, self.scales, self.weights)
        )
        scaled = (points[..., tf.newaxis, :] - means) / scales[:, tf.newaxis]
        log_density = -0.5 * tf.reduce_sum(tf.square(scaled), -1)
        log_density -= self.means.shape[1] * (
            tf.math.log(scales) + 0.5 * math.log(2.0 * math.pi)
        )
        return tf.reduce_logsumexp(tf.math.log(weights) + log_density, -1)

    def sample(self, count: int, seed):
        """Draws points, the same ones for the same seed, compiled or not.

        Args:
            count: int, how many.
            seed: int `[2]`.

        Returns:
            float32 `[count, dimensions]`.
        """
        seeds = tf.random.split(seed, 2, alg="philox")
        uniform = tf.random.stateless_uniform([count], seeds[0], alg="philox")
        # Without the last, which rounding may leave below 1.
        bounds = tf.constant(np.cumsum(self.weights)[:-1], tf.float32)
        modes = tf.searchsorted(bounds, uniform, side="right")
        noise = tf.random.stateless_normal(
            [count, self.means.shape[1]], seeds[1], alg="philox"
        )
        means = tf.gather(tf.constant(self.means, tf.float32), modes)
        scales = tf.gather(tf.constant(self.scales, tf.float32), modes)
        return means + scales[:, tf.newaxis] * noise


def make(means, scales, weights=None) -> Mixture:
    """Makes a mixture of Gaussians.

    Args:
        means: float `[modes, dimensions]`, or `[modes]` in one dimension.
        scales: float > 0, the standard deviation, or `[modes]` of them.
        weights: float > 0 `[modes]`, of any sum; None: all the same.

    Raises:
        UserError: there is no mean, or a number is out of range.
    """
    means = np.array(means, np.float64)
    if means.ndim == 1:
        means = means[:, np.newaxis]
    if means.ndim != 2 or not means.size or not np.isfinite(means).all():
        raise UserError(
            "Finite means of shape [modes] or [modes, dimensions] were "
            f"expected. Received: {means.tolist()}"
        )
    scales = _positive("scales", scales, len(means))
    weights = _positive(
        "weights", 1.0 if weights is None else weights, len(means)
    )
    return Mixture(means, scales, weights / weights.sum())


def _positive(name: str, values, modes: int) -> np.ndarray:
    values = np.array(values, np.float64)
    if values.shape not in ((), (modes,)) or not (
        np.isfinite(values).all() and (values > 0).all()
    ):
        raise UserError(
            f"`{name}` must be positive, one number or {modes} of them. "
            f"Received: {values.tolist()}"
        )
    return np.broadcast_to(values, [modes])
