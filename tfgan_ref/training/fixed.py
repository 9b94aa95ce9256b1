"""What must not change when a run is resumed, as the run itself tells it.

A program that calls `training.train` with networks of its own need not say
what they are: the GAN, its optimizers and its data can be asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

import keras
from absl import logging

from tfgan_ref.data.protocol import Data
from tfgan_ref.errors import UserError, reason
from tfgan_ref.gan import GAN
from tfgan_ref.losses import serialization
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir, other_run

# Of `GAN.compile`; the others change the result by no more than rounding.
_PROTOCOL = (
    "discriminator_steps",
    "simultaneous",
    "diff_augment",
    "jit_compile",
)
_COSTS = ("generator_loss", "discriminator_loss")
# Of Keras's JSON: where a class is found, what follows from the rest, and what
# `checks` asks of several replicas and is nothing to one.
_NOT_COMPARED = {
    "module",
    "class_name",
    "registered_name",
    "build_config",
    "compile_config",
    "shared_object_id",
    "synchronized",
}


def of_run(gan: GAN, data: Data, batch_size: int, seed: int) -> dict:
    """What config.json keeps beside the settings, JSON values by name.

    The networks are not among them: they are in networks.json.

    A cost that Keras does not know is known by its name alone, with a warning,
    and so is a lambda in an optimizer: what is in it may change unnoticed. An
    optimizer that cannot be described is left out, with a warning.

    Args:
        gan: compiled, and not restored: a checkpoint holds learning rates.
        data: of the run.
        batch_size: int, of the global batch.
        seed: int, of the order of the data.
    """
    found = {
        "batch_size": batch_size,
        "seed": seed,
        "data": data.facts,
        **{name: getattr(gan, name) for name in _PROTOCOL},
        **{name: _cost(name, getattr(gan, name)) for name in _COSTS},
    }
    for name in sorted(gan.optimizer_names):
        if config := _optimizer(name, getattr(gan, name)):
            found[name] = config
    return json.loads(json.dumps(found))  # As it will come back.


def check(
    workdir: WorkDir, fixed: dict, described: dict, *, free: Collection[str]
) -> None:
    """Checks that a run that is there, if any, is this one.

    What only one of them tells is not compared: that of an earlier version
    tells less.

    Args:
        workdir: of the run.
        fixed: of `of_run`.
        described: of `networks.describe`.
        free: names in `fixed`, or `gan`, that may differ.

    Raises:
        UserError: something differs. It names the first, as a path:
            `gan.generator.layers.2.units`.
    """
    if not workdir.config.exists():
        return
    before = workdir.read_config().get("fixed", {})
    before = before | {"gan": _plain(networks.stored(workdir))}
    now = fixed | {"gan": _plain(described["gan"])}
    for name, value in now.items():
        if name in free or before.get(name) is None or value is None:
            continue
        if found := _difference(name, before[name], value):
            raise other_run(workdir, *found)


def _cost(name, cost):
    try:
        return json.loads(json.dumps(serialization.serialize(cost)))
    except (UserError, AttributeError, TypeError):
        known = getattr(cost, "__qualname__", type(cost).__qualname__)
        logging.warning(
            "A resumed run knows the %s by its name alone: %s", name, known
        )
        return {"name": known}


def _optimizer(name, optimizer):
    try:
        config = keras.saving.serialize_keras_object(optimizer)
        return _plain(json.loads(json.dumps(config)))
    except (NotImplementedError, TypeError, ValueError) as error:
        logging.warning(
            "A resumed run will not know the %s: %s", name, reason(error)
        )
        return None


def _plain(config):
    """Keras's JSON without what differs from one process to the next.

    Names such as `dense_7` are numbered in their order.
    """
    names = re.findall(r'"name": "(.*?)"', json.dumps(config))
    numbers = {name: n for n, name in enumerate(dict.fromkeys(names))}

    def plain(value, key=None):
        if isinstance(value, dict):
            return plain_dict(value)
        if isinstance(value, list):
            return [plain(item, "name") for item in value]
        if isinstance(value, float):
            return float(f"{value:.8g}")  # Of float32.
        if isinstance(value, str) and key == "name":
            return numbers.get(value, value)
        return value

    def plain_dict(value):
        kind, config = value.get("class_name"), value.get("config")
        if kind == "__lambda__":
            return "lambda"
        if kind and kind.endswith("DTypePolicy"):
            return config["name"]
        if kind and isinstance(config, dict):
            value = {"class": kind, **value, **config}
            del value["config"]
        return {
            key: plain(item, key)
            for key, item in value.items()
            if key not in _NOT_COMPARED
        }

    return plain(config)


def _difference(name, before, now):
    """Name and values of the first difference, None if there is none."""
    if isinstance(before, dict) and isinstance(now, dict):
        # Another version of a class may take other arguments.
        is_object = "class" in before and "class" in now
        keys = [key for key in now if key in before or not is_object]
        if not is_object:
            keys += before.keys() - now.keys()
        parts = [
            (f"{name}.{key}", before.get(key), now.get(key)) for key in keys
        ]
    elif _is_long(before) and _is_long(now):
        parts = [
            (f"{name}.{index}", *pair)
            for index, pair in enumerate(zip(before, now, strict=False))
        ]
        parts.append((f"len({name})", len(before), len(now)))
    else:
        return None if before == now else (name, before, now)
    return next(filter(None, (_difference(*part) for part in parts)), None)


def _is_long(value):
    """Whether it is a list of more than numbers."""
    return isinstance(value, list) and any(
        isinstance(item, (dict, list)) for item in value
    )
