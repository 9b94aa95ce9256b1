"""Costs on the parameters of a player.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import tensorflow as tf


def historical_averaging(parameters, means):
    """||theta - mean of the past theta||^2 (section 3.3).

    Its gradient is what `optimizers.HistoricalAveragingAdam`, which knows the
    past, adds to that of the player's cost.

    Args:
        parameters: list of float tensors, a player's parameters.
        means: list of float tensors of the same shapes, the mean of each over
            the steps so far.

    Returns:
        float32 scalar, summed over all parameters.
    """
    return tf.add_n(
        [
            tf.reduce_sum(tf.square(tf.cast(theta - mean, tf.float32)))
            for theta, mean in zip(parameters, means, strict=True)
        ]
    )
