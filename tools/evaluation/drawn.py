"""The samples of exports and runs, as images to be measured."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.image_source import ImageSource, levels
from tfgan_ref.inference import Model
from tfgan_ref.serving.served import inputs_of

PRIORS: dict[str, Callable[[int], priors.Prior]] = {
    "uniform": priors.Uniform,
    "normal": priors.Normal,
    "unit_uniform": lambda dim: priors.Uniform(dim, 0.0, 1.0),
}


def image_shape(model: Model) -> tuple[int, int, int]:
    """`(height, width, channels)` of a model's images.

    Raises:
        UserError: it makes none.
    """
    function = model.signature(_signature(model))
    return tuple(function.structured_outputs["images"].shape[1:])


def source(
    model: Model,
    count: int,
    *,
    seed: int = 0,
    classes: int = 0,
    batch_size: int = 500,
    prior: str | None = None,
) -> ImageSource:
    """Samples of consecutive seeds; of a conditional model class after class.

    Of a model that is not drawn from by seed, of as many latents.

    Args:
        model: the model.
        count: how many.
        seed: the first, or of the latents.
        classes: how many there are, where the model does not tell.
        batch_size: samples at a time; of no influence on them.
        prior: of `PRIORS`, where the model does not tell its own.

    Raises:
        UserError: the model makes no images, or not of such latents.
    """
    if prior is not None:
        prior_of(model, prior)  # A seed draws from its own, which is no other.
    seeds = np.arange(seed, seed + count)
    labels = _labels(model, seeds, classes)
    latents = None if _has_seeds(model) else _latents(model, seeds, prior)

    def batches():
        for first in range(0, count, batch_size):
            rows = slice(first, first + batch_size)
            if latents is not None:
                images = model.generate(latents[rows])
            elif labels is not None:
                images = model.sample(seeds[rows], label=labels[rows])
            else:
                images = model.sample(seeds[rows])
            yield levels(str(model.path), images)

    return ImageSource(str(model.path), count, batches, labels)


def prior_of(model: Model, name: str | None):
    """The prior of that name, or the one that the model tells.

    Raises:
        UserError: the model tells another, or none and there is no name.
    """
    # A model of other programs does not tell its own.
    tells = isinstance(model.card.get("prior"), dict)
    if name is None:
        if not tells:
            raise UserError(
                f"{model.path} does not tell its prior: one of "
                f"--prior={', '.join(PRIORS)} was expected. Received: none"
            )
        return model.prior
    chosen = PRIORS[name](model.latent_dim)
    if tells and model.prior != chosen:
        raise UserError(
            f"{model.path} was trained on {model.prior}. "
            f"Received: --prior={name}"
        )
    return chosen


def _has_seeds(model):
    return "sample" in model.signatures


def _signature(model):
    return "sample" if _has_seeds(model) else "generate"


def _latents(model, seeds, prior):
    drawn = prior_of(model, prior).draw(len(seeds), [int(seeds[0]), 0])
    return drawn.numpy()


def _labels(model, seeds, classes):
    """int64 `[count]` of a model that is asked for classes, else None."""
    if not _has_seeds(model):
        return None
    inputs = inputs_of(model.signature("sample"))
    conditions = inputs.keys() - {"seed", "truncation"}
    if "label" not in conditions:
        return None
    classes = model.classes or classes
    if conditions != {"label"} or not classes:
        raise UserError(
            f"{model.path}: samples by seed, or by seed and class, were "
            f"expected. Received: conditions {', '.join(sorted(conditions))}, "
            f"{classes} classes"
        )
    return (seeds % classes).astype(np.int64)
