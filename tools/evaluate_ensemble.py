"""Classifies a test set with one or several exported classifiers.

    python tools/evaluate_ensemble.py --dataset=mnist \
        --model=runs/a/export/36000 --model=runs/b/export/36000

Several are members of an ensemble, whose probabilities are averaged, as in the
last column of the tables of Salimans et al. (2016).
"""

from __future__ import annotations

import pathlib

from tfgan_ref import ranges, recorded
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard


def evaluate(data, folders, batch_size) -> dict:
    """Counts the errors of each member and of all together.

    Args:
        data: `Images`, every one with a label.
        folders: exports or workdirs of classifiers.
        batch_size: int, images at a time.

    Returns:
        dict with `examples`, `errors` of each folder, and `ensemble`, the
        errors of the averaged probabilities.

    Raises:
        UserError: a folder holds no classifier of such images, or the labels
            do not fit.
    """
    import numpy as np

    total: np.ndarray = np.zeros((), np.float32)
    errors = {}
    for folder in folders:
        probabilities = _probabilities(folder, data.images, batch_size)
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
    return {
        "examples": len(data),
        "errors": errors,
        "ensemble": int((total.argmax(-1) != data.labels).sum()),
    }


def _probabilities(folder, images, batch_size):
    """float32 `[count, classes]`."""
    import numpy as np

    from tfgan_ref import inference

    model = inference.load(folder)
    outputs = []
    for first in range(0, len(images), batch_size):
        pixels = np.float32(images[first : first + batch_size]) / 255
        outputs.append(model.call("classify", images=pixels)["probabilities"])
    return np.concatenate(outputs)


def main(flags) -> None:
    """Evaluates, prints and records."""
    from tfgan_ref import documents, inference
    from tfgan_ref.data import images

    record = pathlib.Path(flags.json) if flags.json else None
    recorded.check_writable(record)
    first = flags.model[0]
    settings = inference.load(first).card.get("settings", {})
    kinds = {"fit?": (str, None), "background?": (str, None)}
    documents.check(first, settings, kinds)
    data = images.load(
        flags.dataset,
        split=flags.split,
        image_size=flags.image_size,
        data_dir=flags.data_dir,
        fit=flags.fit or settings.get("fit") or "crop",
        background=flags.background or settings.get("background") or "white",
    )
    result = evaluate(data, flags.model, flags.batch_size)
    if record:
        recorded.write(record, recorded.circumstances("ensemble") | result)
    for folder, errors in result["errors"].items():
        print(f"{errors:6} errors of {len(data)}: {folder}")
    if len(flags.model) > 1:
        print(f"{result['ensemble']:6} errors of {len(data)}: the ensemble")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--model",
        "--classifier",
        action="append",
        required=True,
        help="a SavedModel, export/STEP of a run; may be given several times",
    )
    parser.add_argument("--dataset", required=True, help="as for a recipe")
    parser.add_argument("--data_dir", help="as for a recipe")
    parser.add_argument("--split", default="test")
    parser.add_argument("--image_size", type=ranges.PIXELS, help="pixels")
    for name in ("fit", "background"):
        parser.add_argument(
            f"--{name}", help="as for a recipe; else as the first's run had it"
        )
    parser.add_argument("--batch_size", type=ranges.BATCH_SIZE, default=500)
    parser.add_argument("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
