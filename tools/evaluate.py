"""Measures how near samples are to data: FID, KID, precision, recall...

    python tools/evaluate.py --model=runs/fashion_mnist --count=10000
    python tools/evaluate.py --model=runs/a/export/1500 --dataset=mnist \
        --model=runs/b/export/1500 --metrics=fid,kid --json=results/fid.json
    python tools/evaluate.py --model=runs/matching --metrics=errors

--model is a SavedModel, the folder of its versions, or the workdir of a run,
of which every checkpoint is measured. Beside each score is the same of real
images: one half of the training set against the other, and the test set
against it. docs/evaluation.md says what the scores are.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref import ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard

_OF_SAMPLES = ("count", "extractor", "per_class", "prior", "seed")


def main(flags) -> None:
    """Measures, prints and records."""
    from tools.evaluation import running

    running.run(flags, _evaluate)


def _evaluate(flags):
    # After TensorFlow has its threads.
    from tools.evaluation import commands

    return commands.evaluate(flags)


def _parse_flags(arguments=None):
    from tools.evaluation import running

    parser = Parser(__doc__)
    add = parser.add_argument
    add(
        "--model",
        action="append",
        required=True,
        help="an export or a workdir; may be given several times",
    )
    add("--dataset", help="as for a recipe; else that of the first's run")
    add("--data_dir", help="as for a recipe")
    add("--split", help="compared with; else the one that was trained on")
    add("--test_split", default="test", help="compared with it as well")
    for name in ("fit", "background"):
        add(f"--{name}", help="as for a recipe; else as the first's run had it")
    add("--count", "--samples", type=ranges.whole(2, 10**6), default=10000)
    add(
        "--extractor",
        default="classifier",
        help="classifier (of the data set, made where there is none), "
        "classifier:FILE, pixels, inception2015:FILE, inception_keras:FILE, "
        "user:FILE",
    )
    add(
        "--metrics",
        help="between commas; else all that there are for the extractor; "
        "errors: of classifiers, on the test split",
    )
    add("--per_class", action="store_true", help="of conditional models")
    running.add_weights(add, unset="all, or the newest for errors")
    add(
        "--prior",
        choices=("uniform", "normal", "unit_uniform"),
        help="of the latents, of exports of other programs",
    )
    add("--seed", type=ranges.SEED, default=0, help="the first sample's")
    add("--batch_size", type=ranges.BATCH_SIZE, default=500)
    add("--json", help="where to record the result")
    flags = parser.parse_args(arguments)
    if flags.metrics == "errors":
        parser.refuse_unused(flags, "with --metrics=errors", *_OF_SAMPLES)
        if flags.split:
            parser.refuse_unused(
                flags, "with --metrics=errors and --split", "test_split"
            )
    return flags


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
