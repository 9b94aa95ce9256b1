"""What a reconstruction costs.

Reference:
    Makhzani, Shlens, Jaitly, Goodfellow, Frey (2016), Adversarial
    Autoencoders, https://arxiv.org/abs/1511.05644
"""

import tensorflow as tf


def squared_error(examples, reconstructions):
    """The mean of (x - x')^2 over the numbers of an example.

    Args:
        examples: float `[batch, ...]`.
        reconstructions: float of the same shape.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    difference = tf.cast(reconstructions, tf.float32) - tf.cast(
        examples, tf.float32
    )
    axes = list(range(1, difference.shape.rank))
    return tf.reduce_mean(tf.square(difference), axes)


def absolute_error(examples, made):
    """The mean of |x - x'| over the numbers of an example.

    Args:
        examples: float `[batch, ...]`.
        made: float of the same shape.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    difference = tf.cast(made, tf.float32) - tf.cast(examples, tf.float32)
    axes = list(range(1, difference.shape.rank))
    return tf.reduce_mean(tf.abs(difference), axes)
