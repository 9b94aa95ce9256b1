"""Laws of independent numbers, whose parameters a network computes."""

from __future__ import annotations

import math

import tensorflow as tf

_LOG_2_PI = math.log(2.0 * math.pi)


class Bernoulli:
    """Bits, of logits `[..., dimensions]`."""

    @staticmethod
    def log_prob(bits, logits):
        """`[...]`, of bits `[..., dimensions]`."""
        bits = tf.cast(bits, logits.dtype)
        nats = tf.nn.sigmoid_cross_entropy_with_logits(bits, logits)
        return -tf.reduce_sum(nats, -1)

    @staticmethod
    def sample(logits, seed):
        """0 or 1 in the place of each logit; seed int `[2]`."""
        uniform = tf.random.stateless_uniform(
            tf.shape(logits), seed, dtype=logits.dtype
        )
        return tf.cast(uniform < tf.sigmoid(logits), logits.dtype)


class Gaussian:
    """Numbers, of `[..., 2 * dimensions]`: means, then logs of deviations."""

    @staticmethod
    def log_prob(numbers, given):
        """`[...]`, of numbers `[..., dimensions]`."""
        mean, log_scale = tf.split(given, 2, -1)
        scaled = (numbers - mean) * tf.exp(-log_scale)
        return standard_log_prob(scaled) - tf.reduce_sum(log_scale, -1)

    @staticmethod
    def sample(given, seed):
        """`[..., dimensions]`; seed int `[2]`."""
        mean, log_scale = tf.split(given, 2, -1)
        noise = tf.random.stateless_normal(
            tf.shape(mean), seed, dtype=mean.dtype
        )
        return mean + tf.exp(log_scale) * noise


def standard_log_prob(numbers):
    """log N(x; 0, I), `[...]`, of numbers `[..., dimensions]`."""
    return -0.5 * tf.reduce_sum(tf.square(numbers) + _LOG_2_PI, -1)
