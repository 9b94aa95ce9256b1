"""The errors of classifiers, each by itself and all together."""

from __future__ import annotations

import numpy as np

from tfgan_ref import inference
from tfgan_ref.errors import UserError


def count(data, folders, batch_size, **weights) -> dict:
    """Counts the errors of each member and of all together.

    Args:
        data: `Images`, every one with a label.
        folders: exports or workdirs of classifiers.
        batch_size: int, images at a time.
        **weights: of `inference.load`, of workdirs.

    Returns:
        dict with `examples`, `errors` of each folder, its step in `steps`, and
        `ensemble`, the errors of the averaged probabilities.

    Raises:
        UserError: a folder holds no classifier of such images, or the labels
            do not fit.
    """
    total: np.ndarray = np.zeros((), np.float32)
    errors, steps = {}, {}
    for folder in folders:
        model = inference.load(folder, **weights)
        probabilities = _probabilities(model, data.images, batch_size)
        classes = probabilities.shape[1]
        if data.labels.min() < 0 or data.labels.max() >= classes:
            raise UserError(
                f"{data.name}: labels in [0, {classes}) were expected. "
                f"Received: [{data.labels.min()}, {data.labels.max()}]"
            )
        if total.ndim and total.shape != probabilities.shape:
            raise UserError(
                f"{folder}: {total.shape[1]} classes were expected, as the "
                f"members before it have. Received: {classes}"
            )
        total = total + probabilities
        wrong = probabilities.argmax(-1) != data.labels
        errors[str(folder)] = int(wrong.sum())
        steps[str(folder)] = model.card.get("step")
    return {
        "examples": len(data),
        "errors": errors,
        "steps": steps,
        "ensemble": int((total.argmax(-1) != data.labels).sum()),
    }


def lines(result) -> list[str]:
    """What is printed of what `count` gives."""
    examples, errors = result["examples"], result["errors"]
    found = [f"{n:6} errors of {examples}: {f}" for f, n in errors.items()]
    if len(errors) > 1:
        found.append(
            f"{result['ensemble']:6} errors of {examples}: the ensemble"
        )
    return found


def _probabilities(model, images, batch_size):
    """float32 `[count, classes]`."""
    outputs = []
    for first in range(0, len(images), batch_size):
        pixels = np.float32(images[first : first + batch_size]) / 255
        outputs.append(model.call("classify", images=pixels)["probabilities"])
    return np.concatenate(outputs)
