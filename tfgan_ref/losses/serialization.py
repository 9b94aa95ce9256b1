"""Costs as JSON values: by name, from a list that is closed.

Of a saved GAN a cost is looked up and never imported by what a file says:
those of this package, `functools.partial` of one, a method of one of the nine
divergences, and functions that were registered with Keras.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import keras

from tfgan_ref.errors import UserError
from tfgan_ref.losses import (
    adversarial,
    discrete,
    f_divergence,
    feature_matching,
    hinge,
    least_squares,
    wasserstein,
)

_MODULES = (
    adversarial,
    discrete,
    feature_matching,
    hinge,
    least_squares,
    wasserstein,
)
_METHODS = (
    "discriminator_loss",
    "generator_loss",
    "non_saturating_generator_loss",
)


def serialize(cost: Callable) -> dict:
    """The JSON values of a cost.

    Args:
        cost: function of `tfgan_ref.losses`, `functools.partial` of one with
            named numbers, a method of an `FDivergence`, or a function that is
            registered with `keras.saving.register_keras_serializable`.

    Raises:
        UserError: it is another function.
    """
    if isinstance(cost, functools.partial) and not cost.args:
        return serialize(cost.func) | {"keywords": dict(cost.keywords)}
    divergence = getattr(cost, "__self__", None)
    if isinstance(divergence, f_divergence.FDivergence):
        return {"divergence": divergence.name, "name": cost.__name__}
    name = getattr(cost, "__name__", "")
    if _ours().get(name) is cost:
        return {"name": name}
    registered = keras.saving.get_registered_name(cost)
    if keras.saving.get_registered_object(registered) is cost:
        return {"registered": registered}
    raise UserError(
        "A cost that is saved must be of tfgan_ref.losses, or registered with "
        f"keras.saving.register_keras_serializable. Received: {cost}"
    )


def deserialize(config: dict) -> Callable:
    """The cost back.

    Raises:
        UserError: there is none of that name, or its module is not imported.
    """
    if "keywords" in config:
        rest = {k: v for k, v in config.items() if k != "keywords"}
        return functools.partial(deserialize(rest), **config["keywords"])
    if "divergence" in config and config.get("name") in _METHODS:
        divergence = f_divergence.by_name(config["divergence"])
        return getattr(divergence, config["name"])
    if "registered" in config:
        found = keras.saving.get_registered_object(config["registered"])
    else:
        found = _ours().get(config.get("name"))
    if found is None:
        raise UserError(
            "A cost of tfgan_ref.losses was expected, or one whose module is "
            f"imported and registers it with Keras. Received: {config}"
        )
    return found


def _ours():
    return {
        name: cost
        for module in _MODULES
        for name, cost in vars(module).items()
        if callable(cost) and getattr(cost, "__module__", "") == module.__name__
    }
