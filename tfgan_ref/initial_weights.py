"""Weights that a new run begins from: a run's, an export's or a file's."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import pathlib

import numpy as np
from absl import logging

from tfgan_ref import averaging, inference, loading
from tfgan_ref.errors import UserError
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir


@dataclasses.dataclass(frozen=True)
class InitialWeights:
    """What the networks of a GAN begin from.

    Attributes:
        path: where it is from, as it was given.
        step: how many steps were made with it; None: that is not known.
        networks: name -> the network's weights in their order, pairs of a name
            such as `kernel` and an array.
    """

    path: str
    step: int | None
    networks: dict[str, list[tuple[str, np.ndarray]]]

    @property
    def facts(self) -> dict[str, object]:
        """What a run records of it, JSON values."""
        digest = hashlib.sha256()
        for name, weights in sorted(self.networks.items()):
            for kind, value in weights:
                digest.update(f"{name} {kind} {value.shape}".encode())
                digest.update(np.ascontiguousarray(value).tobytes())
        sha256 = digest.hexdigest()
        return {"path": self.path, "step": self.step, "sha256": sha256}

    def assign(self, gan) -> None:
        """Sets a GAN's weights, and its averages to them.

        The step and the optimizers stay as they are, and so does a network that
        there is nothing of, such as the discriminator of an export.

        Args:
            gan: `GAN`.

        Raises:
            UserError: a network is of other weights. It names the first.
        """
        taken = {n: w for n, w in gan.networks.items() if n in self.networks}
        if not taken:
            raise UserError(
                f"{self.path} must have weights of the "
                f"{' or '.join(gan.networks)}. "
                f"Received: {', '.join(self.networks) or 'none'}"
            )
        for name, network in taken.items():
            self._check(name, network)
        for name, network in taken.items():
            for variable, (_, value) in zip(
                network.weights, self.networks[name], strict=True
            ):
                variable.assign(value)
            if average := getattr(gan, f"ema_{name}"):
                averaging.copy(network, average)
        anew = [name for name in gan.networks if name not in taken]
        logging.info(
            "Weights of %s, step %s: %s%s",
            self.path,
            self.step,
            ", ".join(taken),
            f"; new: {', '.join(anew)}" if anew else "",
        )

    def _check(self, name, network):
        wanted = [(w.path, tuple(w.shape)) for w in network.weights]
        found = [(kind, value.shape) for kind, value in self.networks[name]]
        for one, other in itertools.zip_longest(wanted, found):
            if not one or not other or (_kind(one[0]), one[1]) != other:
                raise UserError(
                    f"{self.path} does not fit the {name}: {_shown(one)} "
                    f"was expected. Received: {_shown(other)}"
                )


def read(path: str) -> InitialWeights:
    """Reads the weights of all networks that there are.

    Of a run those of its newest checkpoint, and not the averages; of an export
    those that it serves, which are averages where the run kept some.

    Args:
        path: the workdir of a run, an export (a SavedModel, or the folder of
            its versions, of which the newest is taken), or NAME.keras.

    Raises:
        UserError: it is none of them, or damaged.
    """
    place = pathlib.Path(path).expanduser()
    if place.suffix == ".keras":
        gan = loading.load(place)
        return _of_gan(path, gan, int(gan.step.numpy()))
    workdir = WorkDir(place)
    if workdir.config.exists() or workdir.networks.exists():
        restored = networks.restore(workdir, averaged=False)
        return _of_gan(path, restored.gan, restored.step)
    return _of_export(path, inference.load(place))


def _of_gan(path, gan, step):
    found = {
        name: [(_kind(w.path), w.numpy()) for w in network.weights]
        for name, network in gan.networks.items()
    }
    return InitialWeights(path, step, found)


def _of_export(path, model):
    rest = list(getattr(model.owner, "weights", []))
    found = {}
    for name, count in _counts(path, model.card, len(rest)).items():
        own, rest = rest[:count], rest[count:]
        found[name] = [(_kind(v.name), v.numpy()) for v in own]
    return InitialWeights(path, model.card.get("step"), found)


def _counts(path, card, most):
    """Name of a network -> how many of the next weights are its own."""
    counts = card.get("weights", {})
    if (
        not isinstance(counts, dict)
        or any(type(n) is not int or n < 0 for n in counts.values())
        or sum(counts.values()) > most
    ):
        raise UserError(f"{path} is damaged: its model card's `weights`")
    if not counts:
        raise UserError(
            f"{path} does not tell whose its weights are: export it anew, or "
            "begin from its run"
        )
    return counts


def _kind(name):
    """`kernel` of `dense_7/kernel`, whose number is of the process."""
    return name.rpartition("/")[2].partition(":")[0]


def _shown(weight):
    if weight is None:
        return "no further weight"
    name, shape = weight
    return f"{name} of shape {list(shape)}"
