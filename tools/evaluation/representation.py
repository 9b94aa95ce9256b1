"""The work of tools/evaluate_representation.py."""

from __future__ import annotations

import numpy as np

from tfgan_ref import documents, recorded
from tfgan_ref.data.images import Images
from tfgan_ref.data.labels import keep_labels
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import representation
from tfgan_ref.evaluation.convolutional_features import (
    ConvolutionalFeatures,
    pixels,
)
from tfgan_ref.gan import GAN
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir
from tools.evaluation import commands

_SETTINGS = {"seed?": documents.COUNT}  # Of the initial weights.


def evaluate(flags) -> dict:
    """Measures and prints; returns a record of what was measured.

    Raises:
        UserError: the model or the data do not fit.
    """
    model, settings = commands.open_model(flags.model, flags)
    gan = _gan(model, flags.ema)
    trained = ConvolutionalFeatures(
        str(model.path), gan.trained("discriminator")
    )
    split = settings.get("split") or "train"
    train, test = (
        _labelled(commands.open_images(flags, settings, name, trained.shape))
        for name in (split, "test")
    )
    places = chosen(train.labels, flags.train_count, flags.seed)
    print(
        f"{model.path}, step {model.card['step']}: an SVM of {len(places)} "
        f"images of {split}, tested on {len(test)}",
        flush=True,
    )
    initial = ConvolutionalFeatures(
        str(model.path), _untrained(model, settings).discriminator
    )
    for features in (trained, initial):
        features.see(train.images[places[: features.SEEN]])
    rows = {
        name: _measured(name, features, train, places, test)
        for name, features in (
            ("trained", trained),
            ("initial", initial),
            ("pixels", pixels),
        )
    }
    return recorded.circumstances("representation") | {
        "model": flags.model,
        "dataset": flags.dataset or settings["dataset"],
        "split": split,
        "counts": {"train": len(places), "test": len(test)},
        "seed": flags.seed,
        "checkpoint": model.card["step"],
        "averaged": gan.ema_discriminator is not None,
        "representations": rows,
    }


def chosen(labels: np.ndarray, count: int | None, seed: int) -> np.ndarray:
    """Which training images are taken, in random order.

    Args:
        labels: int `[examples]`, at least 0.
        count: how many, equally many of each class; None: all.
        seed: int.

    Returns:
        int `[count]`.

    Raises:
        UserError: `count` is no multiple of the classes, or there are fewer.
    """
    kept = labels
    if count is not None:
        try:
            kept = keep_labels(labels, count, seed)
        except UserError as error:
            raise UserError(f"--train_count: {error}") from None
    return np.random.default_rng(seed).permutation(np.flatnonzero(kept >= 0))


def _gan(model, averaged):
    """The GAN of a run, whose discriminator is as the flags say."""
    gan = model.owner
    if not isinstance(gan, GAN):
        raise UserError(
            f"{model.path}: the workdir of a run was expected. Received: an "
            "export, which has no discriminator"
        )
    if averaged and gan.ema_discriminator is None:
        raise UserError(
            f"{model.path} keeps no averaged weights of the discriminator "
            "(--discriminator_ema_decay)"
        )
    return gan


def _untrained(model, settings):
    documents.check(model.path, settings, _SETTINGS)
    return networks.untrained(WorkDir(model.path), settings.get("seed", 0))


def _labelled(data: Images) -> Images:
    if data.labels.min() < 0 or data.labels.max() < 1:
        raise UserError(
            f"{data.name}: images with labels of two classes at least were "
            f"expected. Received: labels in [{data.labels.min()}, "
            f"{data.labels.max()}]"
        )
    return data


def _measured(name, features, train, places, test):
    found = representation.measure(
        features(train.images, places),
        train.labels[places],
        features(test.images, np.arange(len(test))),
        test.labels,
    )
    accuracy = found.accuracy
    print(
        f"  {name:7} {accuracy.value:.2%} +- {accuracy.error:.2%}   "
        f"({found.features} features, C = {found.c:g} by {found.held_out:.2%} "
        "of held-out images)",
        flush=True,
    )
    return {
        "features": found.features,
        "c": found.c,
        "held_out": found.held_out,
        "accuracy": {"value": accuracy.value, "error": accuracy.error},
    }
