"""A generator as a density: p(x | z) = N(x; G(z), variance I), z ~ N(0, I).

Uniform latents are those of a change of variables: low + (high - low) Phi(z) is
uniform where z ~ N(0, 1), so that it becomes a part of G.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgan_ref import priors
from tfgan_ref.errors import UserError


@dataclasses.dataclass(frozen=True, eq=False)
class Decoder:
    """The density of what a function makes of z, and of noise around it.

    Attributes:
        mean: G, function float32 `[rows, dim]` -> float32 `[rows, values]`
            that TensorFlow can differentiate, row by row.
        dim: int >= 1, length of z.
        values: int >= 1, length of x.
        variance: float > 0, of each value of x given z.

    Raises:
        UserError: the variance is not positive.
    """

    mean: Callable
    dim: int
    values: int
    variance: float

    def __post_init__(self):
        if not 0.0 < self.variance < math.inf:
            raise UserError(
                "A positive observation variance was expected. "
                f"Received: {self.variance}"
            )

    def log_likelihood(self, x, z):
        """log p(x | z), and its gradient by z.

        Args:
            x: float32 `[rows, values]`.
            z: float32 `[rows, dim]`; of one that is not finite the result is
                -inf.

        Returns:
            float64 `[rows]`, in nats, and float32 `[rows, dim]`.

        Raises:
            UserError: G does not depend on z.
        """
        is_finite = tf.reduce_all(tf.math.is_finite(z), 1)
        z = tf.where(is_finite[:, tf.newaxis], z, 0.0)
        with tf.GradientTape() as tape:
            tape.watch(z)
            squared = tf.reduce_sum(tf.square(x - self.mean(z)), 1)
        slope = tape.gradient(squared, z)
        if slope is None:
            raise UserError("Images that depend on z were expected")
        scale = -0.5 / self.variance
        norm = 0.5 * self.values * math.log(2.0 * math.pi * self.variance)
        found = scale * tf.cast(squared, tf.float64) - norm
        infinite = tf.constant(-math.inf, tf.float64)
        return (
            tf.where(is_finite, found, infinite),
            tf.ensure_shape(scale * slope, [None, self.dim]),
        )

    def draw(self, count, seed):
        """Data of the model's own, and the z that they are of.

        Args:
            count: int.
            seed: int `[2]`.

        Returns:
            float32 `[count, values]` and `[count, dim]`.
        """
        seed = tf.convert_to_tensor(seed, tf.int64)
        of_z, of_noise = tf.unstack(
            tf.random.experimental.stateless_split(seed, 2)
        )
        z = tf.random.stateless_normal([count, self.dim], of_z)
        noise = tf.random.stateless_normal([count, self.values], of_noise)
        return self.mean(z) + math.sqrt(self.variance) * noise, z


def of_generator(generate, shape, prior, variance) -> Decoder:
    """The density of a generator of images.

    Args:
        generate: function of latents of the prior, float32 `[rows, dim]` ->
            images float32 `[rows, *shape]` in [0, 1].
        shape: `(height, width, channels)`.
        prior: `Normal` or `Uniform` of `tfgan_ref.priors`.
        variance: float > 0, of a pixel.

    Raises:
        UserError: the variance is not positive, or the prior another one.
    """
    values = math.prod(shape)
    to_latents = _from_normal(prior)

    def mean(z):
        return tf.reshape(generate(to_latents(z)), [-1, values])

    return Decoder(mean, prior.dim, values, variance)


def of_levels(images, seed: int) -> np.ndarray:
    """Pixels as a density has them: level / 256, and noise within the level.

    Args:
        images: uint8 `[count, ...]`.
        seed: int >= 0.

    Returns:
        float32 `[count, values]` in [0, 1).
    """
    levels = np.asarray(images, np.float64).reshape(len(images), -1)
    noise = np.random.default_rng(seed).uniform(size=levels.shape)
    return ((levels + noise) / 256.0).astype(np.float32)


def _from_normal(prior):
    """Function of z ~ N(0, I) that has the prior's law."""
    if type(prior) is priors.Normal:
        return lambda z: z
    if type(prior) is priors.Uniform:
        width = prior.high - prior.low
        return lambda z: (
            prior.low + width * 0.5 * tf.math.erfc(-math.sqrt(0.5) * z)
        )
    raise UserError(
        "Latents that are normal or uniform were expected, for chains start "
        f"from N(0, I). Received: {prior}"
    )
