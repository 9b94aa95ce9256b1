"""Measures what a discriminator has learnt: a linear SVM on its features.

    python tools/evaluate_representation.py --model=runs/dcgan
    python tools/evaluate_representation.py --model=runs/svhn --train_count=1000

Radford et al. (2016), section 5: the maps of all convolutions of a trained
discriminator, max-pooled to a 4x4 grid, are the features of a linear L2-SVM
that learns the labels of the training set; its accuracy on the test set is
printed beside those of the same discriminator before its training and of the
pixels. docs/evaluation.md says more.

--model is the workdir of a run on images, whose discriminator has convolutions.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import time

from tfgan_ref import ranges, recorded, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard


def main(flags) -> None:
    """Measures, prints and records."""
    target = pathlib.Path(flags.json).expanduser() if flags.json else None
    recorded.check_writable(target)
    begin = time.perf_counter()
    runtime.set_threads()
    from tools.evaluation import representation

    content = representation.evaluate(flags)
    content["seconds"] = time.perf_counter() - begin
    if target:
        recorded.write(target, content)
    print(f"{content['seconds']:.0f} s in all")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    add = parser.add_argument
    add("--model", required=True, help="the workdir of a run")
    add("--dataset", help="as for a recipe; else that of the run")
    add("--data_dir", help="as for a recipe")
    for name in ("fit", "background"):
        add(f"--{name}", help="as for a recipe; else as the run had it")
    add(
        "--train_count",
        type=ranges.COUNT,
        help="training images, equally many of each class; else all",
    )
    add(
        "--checkpoint",
        type=ranges.checkpoint,
        help="its step or best; else the newest",
    )
    add(
        "--ema",
        action=argparse.BooleanOptionalAction,
        help="averaged weights; else where there are some",
    )
    add("--seed", type=ranges.SEED, default=0, help="of the training images")
    add("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
