"""SavedModels for TensorFlow Serving, and for whoever has TensorFlow alone."""

from __future__ import annotations

import json
import pathlib
import shutil
import tempfile

import keras
import tensorflow as tf

from tfgan_ref import latents as priors
from tfgan_ref import warmup
from tfgan_ref.errors import UserError, reason
from tfgan_ref.served import Served, inputs_of

# Folder of what servers leave alone, and in it:
EXTRA = "assets.extra"
MODEL_CARD = "model_card.json"


def export_generator(
    generator: keras.Model,
    folder: pathlib.Path,
    version: int,
    classifier: keras.Model | None = None,
    *,
    prior=priors.uniform,
    class_names: tuple[str, ...] = (),
    card: dict[str, object] | None = None,
) -> pathlib.Path:
    """Writes a generator, and a classifier, as SavedModel `folder/<version>`.

    `served.Served` has the signatures. Every weight is there once. The names of
    the classes are the asset `labels.txt`, the model card is
    `assets.extra/model_card.json`, and with the extra `serving` there are
    requests to warm a server up.

    Args:
        generator: built model, latents -> images in [-1, 1].
        folder: TensorFlow Serving's base path.
        version: int >= 0, a version that is not there yet.
        classifier: of `Served`.
        prior: the generator's, of `latents`.
        class_names: of the classes, if any.
        card: JSON values that the model card tells beside the signatures.

    Returns:
        The SavedModel's folder.

    Raises:
        UserError: the version is there already, or cannot be written.
    """
    target = folder / str(version)
    if target.exists():
        raise UserError(f"{target} is there already")
    # A number alone is a version to TensorFlow Serving: this is none yet.
    unfinished = folder / f".unfinished-{version}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            served = Served(generator, classifier, prior)
            module = tf.Module()
            # Tracked here and nowhere else, every weight is stored once.
            module.weights = served.weights
            if class_names:
                labels = pathlib.Path(scratch) / "labels.txt"
                labels.write_text("\n".join(class_names) + "\n")
                module.labels = tf.saved_model.Asset(str(labels))
            signatures = served.signatures()
            tf.saved_model.save(module, str(unfinished), signatures)
        extra = unfinished / EXTRA
        extra.mkdir()
        content = (card or {}) | describe(signatures)
        (extra / MODEL_CARD).write_text(json.dumps(content, indent=2) + "\n")
        warmup.write(extra, signatures)
        unfinished.rename(target)
    except (OSError, tf.errors.OpError) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise UserError(f"Cannot write {target}: {reason(error)}") from None
    return target


def describe(signatures) -> dict[str, object]:
    """What a model card says of the functions, JSON values."""
    described = {
        name: {
            "inputs": _describe(inputs_of(function)),
            "outputs": _describe(function.structured_outputs),
        }
        for name, function in signatures.items()
    }
    return {"signatures": described, "images": "[0, 1]"}


def _describe(specs):
    return {
        name: {"dtype": spec.dtype.name, "shape": [None, *spec.shape[1:]]}
        for name, spec in specs.items()
    }
