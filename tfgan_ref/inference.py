"""Trained GANs to draw from: SavedModels, and the workdirs of runs."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import tensorflow as tf

from tfgan_ref import documents, inputs, priors, safe_networks
from tfgan_ref.data import vocabulary
from tfgan_ref.errors import UserError, reason
from tfgan_ref.literal_path import literal
from tfgan_ref.serving import calling, export, safe_saved_model, served
from tfgan_ref.serving.served import INTERFACE, fits, inputs_of
from tfgan_ref.training import chained, networks
from tfgan_ref.training.workdir import WorkDir

_CARD = {
    "prior?": (dict, str, None),  # Text, of earlier versions.
    "settings?": dict,
    "command?": str,
    "classes?": documents.COUNT,
    "words?": [str],
}


@dataclasses.dataclass(frozen=True)
class Model:
    """A trained GAN in inference mode.

    Attributes:
        path: where it was loaded from.
        signatures: name -> TensorFlow function, see `endpoints`.
        card: the model card, JSON values.
        class_names: of the classes, if any.
        owner: the object whose end would be that of the signatures.
    """

    path: pathlib.Path
    signatures: Mapping[str, Any]
    card: dict
    class_names: tuple[str, ...]
    owner: object

    @property
    def prior(self):
        """Of the latents, see `priors`.

        Raises:
            UserError: the card tells none, or another than of one vector z.
        """
        described = self.card.get("prior")
        if not isinstance(described, dict):
            raise UserError(f"{self.path} does not tell the prior of z")
        prior = safe_networks.deserialize(self.path, described)
        if not isinstance(prior, priors.Prior):
            parts = getattr(prior, "parts", None)
            raise UserError(
                f"{self.path} is not drawn from one vector of latents. "
                f"Received: {_named(parts) if parts else type(prior).__name__}"
            )
        return prior

    @property
    def classes(self) -> int:
        """How many classes it knows; 0 of none, or where it does not tell."""
        return self.card.get("classes") or len(self.class_names)

    @property
    def words(self) -> tuple[str, ...]:
        """Those that a text may have; () where it takes none, or is silent."""
        return tuple(self.card.get("words", ()))

    @property
    def is_of_texts(self) -> bool:
        """Whether its samples are of a text that is asked for."""
        sample = self.signatures.get("sample")
        return sample is not None and "text" in inputs_of(sample)

    @property
    def asks_for(self) -> str | None:
        """What says of which kind a sample is: `label`, `category`, or None."""
        sample = self.signatures.get("sample")
        inputs = {} if sample is None else inputs_of(sample)
        return next((x for x in ("label", "category") if x in inputs), None)

    @property
    def is_conditional(self) -> bool:
        """Whether its samples are of a class that is asked for."""
        return self.asks_for == "label"

    @property
    def latent_dim(self) -> int:
        """Length of one latent vector z.

        Raises:
            UserError: images are not generated of one vector, or of one and a
                label.
        """
        specs = inputs_of(self.signature("generate"))
        spec = specs.get("latents", tf.TensorSpec(None))
        vectors = spec.shape.rank == 2 and spec.dtype == tf.float32
        if specs.keys() - {"latents", "labels"} or not vectors:
            raise UserError(
                f"{self.path}: `generate` from latents to images was expected. "
                f"Received: {_named(specs)}"
            )
        return spec.shape[1]

    def signature(self, name: str):
        """A TensorFlow function.

        Raises:
            UserError: there is none, or not as `endpoints` says.
        """
        if name not in self.signatures:
            there = ", ".join(sorted(self.signatures)) or "none"
            raise UserError(
                f"{self.path} has no signature `{name}`. There is: {there}"
            )
        function = self.signatures[name]
        if name in INTERFACE and not fits(function, name):
            inputs, outputs = INTERFACE[name]
            raise UserError(
                f"{self.path}: `{name}` from {', '.join(inputs) or 'latents'} "
                f"to {', '.join(sorted(outputs))} was expected. Received: "
                f"{_named(inputs_of(function))} to "
                f"{', '.join(sorted(function.structured_outputs))}"
            )
        return function

    def latents(self, seeds) -> np.ndarray:
        """The latents that `sample` draws from int64 `[count]` seeds.

        Raises:
            UserError: the card tells no prior, or one of other vectors than
                images are generated of.
        """
        prior, length = self.prior, self.latent_dim
        if prior.dim != length:
            raise UserError(
                f"{self.path}: a prior of {length} numbers was expected. "
                f"Received: {prior}"
            )
        return prior.of_seeds(tf.constant(seeds, tf.int64)).numpy()

    def generate(self, latents, label: int | None = None) -> np.ndarray:
        """Images of latents.

        Args:
            latents: float32 `[count, latent_dim]`, any count.
            label: class of all, of a model that is asked for classes.

        Returns:
            float32 `[count, height, width, channels]` in [0, 1].

        Raises:
            UserError: the latents are of another shape, or not finite; a label
                is missing or not taken.
        """
        asked = {} if label is None else {"labels": [label] * len(latents)}
        return self.call("generate", latents=latents, **asked)["images"]

    def sample(
        self, seeds, truncation: float = 1.0, **conditions
    ) -> np.ndarray:
        """Images each of which is a function of its seed and conditions.

        Args:
            seeds: int64 `[count]`, any count.
            truncation: in [0, 1], see `priors.Prior.truncate`.
            **conditions: of the game, arrays of `count` rows. Codes that the
                model's prior draws are drawn where none of them is given;
                words of a `text` that are not known are named in a warning.

        Returns:
            float32 `[count, height, width, channels]` in [0, 1].

        Raises:
            UserError: the samples are no images, a text has no known word,
                or as of `call`.
        """
        if self.words and "text" in conditions:
            vocabulary.check_known(conditions["text"], self.words)
            vocabulary.tell_unknown(conditions["text"], self.words)
        truncations = np.full(len(seeds), truncation, np.float32)
        given = {"seed": seeds, "truncation": truncations, **conditions}
        missing = inputs_of(self.signature("sample")).keys() - given.keys()
        given |= self._codes(seeds, missing)
        made = self.call("sample", **given)
        if "images" not in made:
            raise UserError(
                f"{self.path}: samples that are images were expected; `call` "
                f"gives others. Received: {', '.join(sorted(made))}"
            )
        return made["images"]

    def _codes(self, seeds, names):
        """Name -> rows, as the prior draws them; nothing if it does not."""
        described = self.card.get("prior")
        if not names or not isinstance(described, dict):
            return {}
        prior = safe_networks.deserialize(self.path, described)
        parts = getattr(prior, "parts", {})
        if not names <= parts.keys():
            return {}
        rows = prior.of_seeds(tf.constant(seeds, tf.int64))
        return {
            name: np.argmax(rows[name], -1)
            if isinstance(parts[name], priors.Categorical)
            else rows[name].numpy()
            for name in names
        }

    def call(self, name: str, **inputs) -> dict[str, np.ndarray]:
        """Calls a signature, some rows at a time.

        Args:
            name: of the signature.
            **inputs: arrays, equally many rows of each.

        Returns:
            The outputs by name, as many rows.

        Raises:
            UserError: there is no such signature, the shapes or the types are
                not its own, or TensorFlow refuses the values.
        """
        function = self.signature(name)
        return calling.call(self.path, name, function, inputs)


def load(
    path: str | pathlib.Path,
    *,
    checkpoint: int | Literal["best"] | None = None,
    averaged: bool | None = None,
    bfloat16: bool = False,
) -> Model:
    """Loads an export, or the networks of a run. No data set is needed.

    Args:
        path: a SavedModel; the folder of its versions, of which the newest is
            taken; or the workdir of a run.
        checkpoint: step of the checkpoint, of a workdir, or `best`; None is
            the newest.
        averaged: whether to take averaged weights, of a workdir; None takes
            them where there are some.
        bfloat16: whether the generator computes in bfloat16, of a workdir.

    Raises:
        UserError: there is neither, it is damaged, it can do more than
            compute, or what is for a workdir is asked of an export.
    """
    path = pathlib.Path(path).expanduser()
    workdir = WorkDir(path)
    if workdir.config.exists() or workdir.networks.exists():
        found = networks.restore(
            workdir, step=checkpoint, averaged=averaged, bfloat16=bfloat16
        )
        signatures = served.signatures(found.gan)
        card = found.card | export.describe(found.gan, signatures)
        return Model(path, signatures, card, found.class_names, found.gan)
    chained.check_is_one(path)
    if checkpoint is not None or averaged is not None or bfloat16:
        raise UserError(
            "A checkpoint, averages and a precision can be chosen in a run's "
            f"workdir. Received: {path}"
        )
    return _load_saved_model(_newest_version(path))


def _newest_version(path):
    """The folder itself, or its newest version."""
    if (path / "saved_model.pb").exists():
        return path
    versions = [
        found.parent
        for found in path.glob("*/saved_model.pb")
        if found.parent.name.isdecimal()
    ]
    if not versions:
        raise UserError(
            f"{path} is neither an export (saved_model.pb, or numbered "
            "versions of it) nor the workdir of a run (config.json)"
        )
    return max(versions, key=lambda version: int(version.name))


def _load_saved_model(path):
    safe_saved_model.check(path)
    try:
        model = tf.saved_model.load(literal(path))
    except Exception as error:
        # A damaged SavedModel raises whatever its reading runs into.
        raise UserError(f"{path} cannot be loaded: {reason(error)}") from None
    card = path / export.EXTRA / export.MODEL_CARD
    labels = path / "assets" / "labels.txt"
    return Model(
        path,
        dict(model.signatures),
        documents.read(card, _CARD) if card.exists() else {},
        tuple(inputs.read_text(labels).splitlines()) if labels.exists() else (),
        model,
    )


def _named(given):
    """Inputs in a message, with their type and shape where these are known."""
    words = [
        f"{name} {spec.dtype.name} {spec.shape}"
        if isinstance(spec, tf.TensorSpec)
        else name
        for name, spec in sorted(given.items())
    ]
    return f"inputs {', '.join(words)}"
