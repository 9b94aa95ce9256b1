"""A GAN as Keras's JSON: what `save`, `load_model` and workdirs keep of it."""

from __future__ import annotations

import copy

import keras

from tfgan_ref.errors import UserError
from tfgan_ref.losses import serialization


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

    Raises:
        UserError: the prior is none.
    """
    found = {
        # Keras takes a configuration apart.
        key: keras.saving.deserialize_keras_object(copy.deepcopy(value))
        if isinstance(value, dict) and "class_name" in value
        else value
        for key, value in config.items()
    }
    if not hasattr(found["prior"], "of_seeds"):
        raise UserError(f"A prior was expected. Received: {found['prior']}")
    return found


def of_compilation(gan) -> dict:
    """The arguments of `GAN.compile`, JSON values.

    Args:
        gan: compiled.
    """
    return {
        "costs": {
            name: serialization.serialize(vars(gan)[name])
            for name in ("generator_loss", "discriminator_loss")
            if name in vars(gan)  # Else it is the class's.
        },
        "optimizers": {
            name: keras.saving.serialize_keras_object(getattr(gan, name))
            for name in sorted(gan.optimizer_names)
        },
        "protocol": {
            name: getattr(gan, name)
            for name in (
                "discriminator_steps",
                "simultaneous",
                "diff_augment",
                "steps_per_execution",
                "jit_compile",
                "run_eagerly",
                "spatial_first",
            )
        },
    }


def compilation(config: dict) -> dict:
    """The arguments of `compile` back.

    Args:
        config: of `of_compilation`.
    """
    costs = {
        name: serialization.deserialize(cost)
        for name, cost in config["costs"].items()
    }
    optimizers = {
        name: keras.saving.deserialize_keras_object(copy.deepcopy(optimizer))
        for name, optimizer in config["optimizers"].items()
    }
    return costs | optimizers | config["protocol"]
