"""Classifiers that games look through and nothing moves."""

import keras
from keras import layers

from tfgan_ref import averaging
from tfgan_ref.layers import noise

_DROPOUT = (layers.Dropout, noise.Dropout)


def without_dropout(network):
    """Returns an untrainable copy of a network, which drops out nothing.

    The passes of a step are in training mode, also those through it.

    Args:
        network: functional `keras.Model`. It stays as it is.
    """
    copied = keras.models.clone_model(network, clone_function=_clone)
    averaging.copy(network, copied)
    copied.trainable = False
    return copied


def _clone(layer):
    config = layer.get_config()
    if isinstance(layer, _DROPOUT):
        config["rate"] = 0.0
    return type(layer).from_config(config)
