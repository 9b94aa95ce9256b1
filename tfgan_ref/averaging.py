"""Exponential moving averages of a network's weights."""

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError


def start(network, decay):
    """Returns the average of a network that is to begin, if there is one.

    Args:
        network: `keras.Model`, built and functional.
        decay: float in [0, 1); 0 stands for no average.

    Returns:
        Its `frozen_copy`; None without an average.

    Raises:
        UserError: `decay` is out of range.
    """
    if not 0.0 <= decay < 1.0:
        raise UserError(
            f"The decay of an average must be in [0, 1). Received: {decay}"
        )
    return frozen_copy(network) if decay else None


def frozen_copy(network):
    """Returns an untrainable network with the same weights as a functional one.

    Args:
        network: `keras.Model`, built.
    """
    copied = keras.models.clone_model(network)
    copy(network, copied)
    copied.trainable = False
    return copied


def copy(network, average):
    """Sets an average to the network's weights, statistics included."""
    # Not `variables`: the states of random seeds are no weights.
    for mean, value in zip(average.weights, network.weights, strict=True):
        mean.assign(value)


def update(strategy, average, network, decay, step):
    """Average += (1 - decay) (network - average), statistics included.

    The decay grows from 2/11 at step 1 to `decay`, so that the average forgets
    the initial weights. To be called in cross-replica context.

    Args:
        strategy: `tf.distribute.Strategy` under which the networks were made.
        average: `frozen_copy` of the network.
        network: `keras.Model`.
        decay: float in [0, 1).
        step: int tensor, how many updates there were, this one included.
    """
    step = tf.cast(step, tf.float32)
    decay = tf.minimum(decay, (1.0 + step) / (10.0 + step))

    def assign(mean, value):
        if not mean.dtype.is_floating:
            return mean.assign(value)
        # mean -= (1 - decay) (mean - value), with a pass over memory less.
        share = tf.cast(1.0 - decay, mean.dtype)
        return tf.raw_ops.ResourceApplyGradientDescent(
            var=mean.handle, alpha=share, delta=mean - value
        )

    for mean, value in zip(average.weights, network.weights, strict=True):
        strategy.extended.update(mean.value, assign, args=(value.value,))
