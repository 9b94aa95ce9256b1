"""The trained networks of a run, from its files alone.

A run writes what its networks are to `networks.json`, as Keras's own JSON. With
a checkpoint's weights they are the networks again: no data set, no flags.
"""

from __future__ import annotations

import dataclasses
import json

import keras
import tensorflow as tf
from absl import logging

from tfgan_ref import checkpoints, latents, safe_networks
from tfgan_ref.data.protocol import Data
from tfgan_ref.errors import UserError, reason
from tfgan_ref.gan import GAN

# Layers that the networks may have: Keras knows them once they are imported.
from tfgan_ref.layers import (  # noqa: F401
    maxout,
    minibatch_features,
    noise,
    reference_normalization,
    weight_normalization,
)
from tfgan_ref.workdir import WorkDir

# Of what networks.json says, beside the networks.
_KINDS = {
    "name": str,
    "prior": str,
    "data": dict,
    "class_names": list,
    "classifies": bool,
    "averaged": list,
}


@dataclasses.dataclass(frozen=True)
class Networks:
    """What samples are drawn with, and images classified.

    Attributes:
        generator: latents -> images in [-1, 1].
        classifier: images -> class logits, or None.
        prior: of the latents, see `tfgan_ref.latents`.
        class_names: of the classes, if any.
        card: JSON values, what a model card tells of the run.
    """

    generator: keras.Model
    classifier: keras.Model | None
    prior: object
    class_names: tuple[str, ...]
    card: dict[str, object]


def describe(gan: GAN, data: Data) -> dict[str, object]:
    """What `networks.json` says, JSON values."""
    return {
        "name": gan.name,
        "prior": getattr(gan.prior, "__name__", str(gan.prior)),
        "data": {"name": data.name, "count": data.count},
        "class_names": list(data.class_names),
        "classifies": gan.classifier is not None,
        "averaged": [
            name
            for name in ("generator", "discriminator")
            if getattr(gan, f"ema_{name}") is not None
        ],
        "generator": _to_json(gan.generator),
        "discriminator": _to_json(gan.discriminator),
    }


def card(
    workdir: WorkDir, described: dict, step: int, averaged: bool
) -> dict[str, object]:
    """What a model card tells of a run, JSON values.

    Args:
        workdir: of the run.
        described: as of `describe`.
        step: of the weights.
        averaged: whether the generator's weights are the averaged ones.

    Raises:
        UserError: config.json is damaged.
    """
    config = workdir.read_config()
    records = [r for r in workdir.read_metrics() if r["step"] <= step]
    starts = [start for start in config["starts"] if start["step"] < step]
    return {
        **(starts or config["starts"])[-1],
        "name": described["name"],
        "data": described["data"],
        "step": step,
        "metrics": records[-1] if records else {},
        "prior": described["prior"],
        "averaged": averaged,
        "settings": config["settings"],
    }


def restore(
    workdir: WorkDir, *, step: int | None = None, averaged: bool | None = None
) -> Networks:
    """Restores the networks of a run.

    Args:
        workdir: of the run.
        step: of the checkpoint; None is the newest that is whole.
        averaged: whether to take the averaged weights; None takes them where
            the run keeps some.

    Raises:
        UserError: the files are missing or damaged, there is no such
            checkpoint, it is of another network, the run keeps no average, or
            a network is not one of `safe_networks`.
    """
    described = _read(workdir)
    there = described["averaged"]
    if averaged and not there:
        raise UserError(
            f"{workdir.path} keeps no averaged weights (--ema_decay)"
        )
    names = ["generator"] + ["discriminator"] * described["classifies"]
    networks = {name: _from_json(workdir, described[name]) for name in names}
    is_averaged = {
        name: name in there and averaged is not False for name in names
    }
    # As `Checkpoints` has them: the attributes of a GAN.
    attributes = {
        "ema_" * is_averaged[name] + name: network
        for name, network in networks.items()
    }
    found = checkpoints.restore(
        tf.train.Checkpoint(gan=tf.train.Checkpoint(**attributes)),
        workdir.checkpoints,
        step=step,
        partial=True,
    )
    if not found:
        raise UserError(f"{workdir.path} has no checkpoint yet")
    return Networks(
        generator=networks["generator"],
        classifier=networks.get("discriminator"),
        prior=latents.by_name(described["prior"]),
        class_names=tuple(described["class_names"]),
        card=card(workdir, described, found, is_averaged["generator"]),
    )


def _to_json(network):
    """None, with a warning, where Keras cannot describe the network."""
    try:
        return json.loads(network.to_json())
    except (NotImplementedError, TypeError, ValueError) as error:
        logging.warning(
            "%s cannot be restored without its program: %s",
            network.name,
            reason(error),
        )
        return None


def _from_json(workdir, described):
    if described is None:
        raise UserError(
            f"{workdir.networks} does not describe all of its networks"
        )
    safe_networks.check(workdir.networks, described)
    try:
        # In safe mode: no code of the file is run.
        return keras.models.model_from_json(json.dumps(described))
    except Exception as error:
        # Whatever a damaged description runs into.
        raise UserError(
            f"{workdir.networks} is damaged: {reason(error)}"
        ) from None


def _read(workdir):
    try:
        described = json.loads(workdir.networks.read_bytes())
        kinds = {name: type(described[name]) for name in _KINDS}
        names = [*described["averaged"], *described["class_names"]]
        networks = described["generator"], described["discriminator"]
        if kinds != _KINDS or not (
            all(isinstance(name, str) for name in names)
            and all(isinstance(network, dict | None) for network in networks)
        ):
            raise TypeError
    except FileNotFoundError:
        raise UserError(
            f"{workdir.path} is no workdir of a run: it has no "
            f"{workdir.networks.name}. A run of an earlier version writes it "
            "when it is resumed"
        ) from None
    except OSError as error:
        raise UserError(
            f"Cannot read {workdir.networks}: {reason(error)}"
        ) from None
    except (ValueError, LookupError, TypeError, RecursionError):
        raise UserError(f"{workdir.networks} is damaged") from None
    return described
