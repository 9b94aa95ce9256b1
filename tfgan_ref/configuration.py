"""A GAN as Keras's JSON: what `save`, `load_model` and workdirs keep of it."""

from __future__ import annotations

import keras


def of(gan) -> dict:
    """The arguments of a GAN's constructor, JSON values.

    Args:
        gan: `GAN`; a subclass with arguments of its own adds them.
    """
    return {
        "name": gan.name,
        "seed": gan.seed,
        "prior": keras.saving.serialize_keras_object(gan.prior),
        "averages": dict(gan.averages),
        **{
            name: keras.saving.serialize_keras_object(network)
            for name, network in gan.networks.items()
        },
    }


def arguments(config: dict) -> dict:
    """The arguments back, with networks of new weights.

    Args:
        config: of `of`.
    """
    return {
        key: keras.saving.deserialize_keras_object(value)
        if isinstance(value, dict) and "class_name" in value
        else value
        for key, value in config.items()
    }
