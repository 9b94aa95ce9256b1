"""Classifies a test set with one or several exported classifiers.

    python tools/evaluate_ensemble.py --dataset=mnist \
        --model=runs/a/export/36000 --model=runs/b/export/36000

Several are members of an ensemble, whose probabilities are averaged, as in the
last column of the tables of Salimans et al. (2016). It is the same as

    python tools/evaluate.py --metrics=errors
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref import ranges, recorded
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard


def main(flags) -> None:
    """Evaluates, prints and records."""
    from tfgan_ref import documents, inference
    from tfgan_ref.data import images
    from tools.evaluation import errors

    record = pathlib.Path(flags.json).expanduser() if flags.json else None
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
    result = errors.count(data, flags.model, flags.batch_size)
    if record:
        recorded.write(record, recorded.circumstances("ensemble") | result)
    print("\n".join(errors.lines(result)))


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
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
