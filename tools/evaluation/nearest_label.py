"""The work of tools/evaluate_neighbours.py."""

from __future__ import annotations

from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import image_source, nearest_label
from tfgan_ref.evaluation.real_images import RealImages
from tools.evaluation import commands, drawn


def evaluate(flags) -> dict:
    """Measures and prints; returns a record of what was measured.

    Raises:
        UserError: the model or the data do not fit.
    """
    model, settings = commands.open_model(flags.model, flags)
    if not model.is_conditional:
        raise UserError(
            f"{model.path}: a model that is asked for classes was expected "
            "(recipes.conditional): samples of this one have no labels, which "
            "a nearest neighbour is to give"
        )
    split = settings.get("split") or "train"
    shape = drawn.image_shape(model)
    train, test = (
        commands.open_images(flags, settings, name, shape)
        for name in (split, "test")
    )
    of_test = image_source.of_images(test)
    real = RealImages(train, split, None, flags.count, flags.seed).chosen
    classes = _classes(model, real, of_test)
    samples = drawn.source(
        model,
        flags.count,
        seed=flags.seed,
        classes=classes,
        batch_size=flags.batch_size,
    )
    print(
        f"{model.path}: nearest neighbours of {test.count} images of test "
        f"among {samples.count} samples of {classes} classes, and among "
        f"{real.count} images of {split}",
        flush=True,
    )
    rows = {
        name: _measured(name, source, of_test)
        for name, source in (("samples", samples), ("real", real))
    }
    return recorded.circumstances("neighbours") | {
        "model": flags.model,
        "dataset": flags.dataset or settings["dataset"],
        "split": split,
        "counts": {
            "samples": samples.count,
            "real": real.count,
            "test": test.count,
        },
        "seed": flags.seed,
        "checkpoint": model.card.get("step"),
        "averaged": model.card.get("averaged"),
        "errors": rows,
    }


def _classes(model, real, test):
    """How many there are, of the images as of the model."""
    for source in (real, test):
        if source.labels is None:
            raise UserError(
                f"{source.name}: a label of every image was expected. "
                "Received: some without"
            )
    classes = int(max(real.labels.max(), test.labels.max())) + 1
    if model.classes not in (0, classes):
        raise UserError(
            f"{model.path} is of {model.classes} classes, as many were "
            f"expected of {test.name}. Received: {classes}"
        )
    return classes


def _measured(name, train, test):
    found = nearest_label.error(train, test)
    print(
        f"  {name:7} {found.value:.2%} +- {found.error:.2%} wrong", flush=True
    )
    return {"value": found.value, "error": found.error}
