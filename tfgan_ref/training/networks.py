"""A trained GAN from the files of its run alone.

A run writes what its GAN is to `networks.json`, as Keras's own JSON. With a
checkpoint's weights it is the GAN again: no data set, no flags.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Literal

import keras
import tensorflow as tf
from absl import logging

import tfgan_ref.registered  # noqa: F401
from tfgan_ref import documents, inputs, precision, safe_networks
from tfgan_ref.data.protocol import Data
from tfgan_ref.errors import UserError, reason
from tfgan_ref.gan import GAN
from tfgan_ref.training import best, chained, checkpoints
from tfgan_ref.training.workdir import WorkDir

_FORMAT = 2
_SCHEMA = {
    "name": str,
    "data": dict,
    "class_names": [str],
    "gan": {
        "class_name": str,
        "config": {"averages": {str: float}, "prior": dict},
    },
}


@dataclasses.dataclass(frozen=True)
class Restored:
    """What samples are drawn with, and images classified.

    Attributes:
        gan: `GAN` with the weights of a checkpoint, not compiled.
        step: of the checkpoint.
        class_names: of the classes, if any.
        card: JSON values, what a model card tells of the run.
    """

    gan: GAN
    step: int
    class_names: tuple[str, ...]
    card: dict[str, object]


def describe(gan: GAN, data: Data) -> dict[str, object]:
    """What `networks.json` says, JSON values."""
    return {
        "format": _FORMAT,
        "name": gan.name,
        "data": {"name": data.name, "count": data.count},
        "class_names": list(data.class_names),
        "gan": _configuration(gan),
    }


def stored(workdir: WorkDir) -> dict | None:
    """The GAN that a run has described, Keras's JSON.

    None if it did not, or if an earlier version did.
    """
    try:
        return _read(workdir)["gan"]
    except UserError:
        return None


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
        "prior": described["gan"] and described["gan"]["config"]["prior"],
        "averaged": averaged,
        "settings": config["settings"],
    }


def restore(
    workdir: WorkDir,
    *,
    step: int | Literal["best"] | None = None,
    averaged: bool | None = None,
    bfloat16: bool = False,
) -> Restored:
    """Restores the GAN of a run.

    Args:
        workdir: of the run.
        step: of the checkpoint; `best` is the one of the best score, None the
            newest that is whole.
        averaged: whether to take the averaged weights; None takes them where
            the run keeps some.
        bfloat16: whether the generator computes in bfloat16, but for its last
            layer; else in the precision that it was trained in.

    Raises:
        UserError: the files are missing or damaged, there is no such
            checkpoint, it is of another network, the run keeps no average, or
            a network is not one of `safe_networks`.
    """
    described = _read(workdir)
    averages = described["gan"]["config"]["averages"]
    if averaged and not any(averages.values()):
        raise UserError(
            f"{workdir.path} keeps no averaged weights (--ema_decay)"
        )
    if averaged is False:
        averages.clear()
    if bfloat16:
        _compute_in_bfloat16(workdir, described["gan"]["config"])
    gan = _gan(workdir, described["gan"])
    found = checkpoints.restore(
        tf.train.Checkpoint(gan=gan),
        workdir.best if step == "best" else workdir.checkpoints,
        step=_best_step(workdir) if step == "best" else step,
        partial=True,
    )
    if not found:
        raise UserError(f"{workdir.path} has no checkpoint yet")
    is_averaged = bool(averages.get("generator"))
    return Restored(
        gan,
        found,
        tuple(described["class_names"]),
        card(workdir, described, found, is_averaged),
    )


def untrained(workdir: WorkDir, seed: int) -> GAN:
    """The GAN of a run with initial weights, as its initializers draw them.

    Keras's global generators begin anew at the seed, as where a model is
    built: with the seed of a run of DCGAN the weights are those that it began
    with.

    Args:
        workdir: of the run.
        seed: int.

    Returns:
        `GAN`, not compiled.

    Raises:
        UserError: as of `restore`, but for checkpoints.
    """
    described = _read(workdir)
    keras.utils.set_random_seed(seed)
    return _gan(workdir, described["gan"])


def _best_step(workdir):
    if kept := best.read(workdir.best):
        return kept["step"]
    raise UserError(f"{workdir.path} keeps no best checkpoint (--keep_best)")


def _compute_in_bfloat16(workdir, config):
    try:
        config["generator"] = precision.in_bfloat16(config["generator"])
    except (KeyError, TypeError):
        raise UserError(
            f"{workdir.path} has no functional generator, whose precision "
            "could be changed"
        ) from None


def _configuration(gan):
    """None, with a warning, where Keras cannot describe the GAN."""
    kind = type(gan)
    try:
        # As Keras does, but for how it was compiled: with a user's own costs.
        config = keras.saving.serialize_keras_object(gan.get_config())
        config = json.loads(json.dumps(config))  # As it will come back.
    except (NotImplementedError, TypeError, ValueError, UserError) as error:
        logging.warning(
            "%s cannot be restored without its program: %s",
            gan.name,
            reason(error),
        )
        return None
    return {
        "module": kind.__module__,
        "class_name": kind.__name__,
        "registered_name": keras.saving.get_registered_name(kind),
        "config": config,
    }


def _gan(workdir, config):
    gan = safe_networks.deserialize(workdir.networks, config)
    if not isinstance(gan, GAN):
        raise UserError(
            f"{workdir.networks} must describe a GAN. Received: "
            f"{type(gan).__name__}"
        )
    return gan


def _read(workdir):
    try:
        described = documents.read(workdir.networks, dict)
    except inputs.MissingFile:
        chained.check_is_one(workdir.path)
        raise UserError(
            f"{workdir.path} is no workdir of a GAN: it has no "
            f"{workdir.networks.name}. A policy's run has none; a GAN's of an "
            "earlier version writes it when it is resumed"
        ) from None
    if (version := described.get("format", 1)) != _FORMAT:
        raise UserError(
            f"{workdir.networks} is of format {version}, and {_FORMAT} was "
            "expected: a run writes it anew when it is resumed"
        )
    if described.get("gan", 0) is None:
        raise UserError(
            f"{workdir.networks} does not describe all of its networks"
        )
    documents.check(workdir.networks, described, _SCHEMA)
    return described
