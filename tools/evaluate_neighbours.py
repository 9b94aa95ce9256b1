"""Measures samples of classes as the training set of a nearest neighbour.

    python tools/evaluate_neighbours.py --model=runs/conditional --count=50000

Radford et al. (2016), section 8.1: each real test image is given the label of
its nearest sample, Euclidean in pixels, and so of its nearest real training
image, of as many. A conditional model whose samples are of the class asked
for, in all its variety, has the error of real images. docs/evaluation.md says
more.

--model is a SavedModel, the folder of its versions, or the workdir of a run.
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
    runtime.set_threads()  # Two batches of samples at a time.
    from tools.evaluation import nearest_label

    content = nearest_label.evaluate(flags)
    content["seconds"] = time.perf_counter() - begin
    if target:
        recorded.write(target, content)
    print(f"{content['seconds']:.0f} s in all")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    add = parser.add_argument
    add("--model", required=True, help="an export or a workdir")
    add("--dataset", help="as for a recipe; else that of the run")
    add("--data_dir", help="as for a recipe")
    for name in ("fit", "background"):
        add(f"--{name}", help="as for a recipe; else as the run had it")
    add(
        "--count",
        type=ranges.COUNT,
        default=50000,
        help="samples, of each class as many, and real images at most",
    )
    add(
        "--checkpoint",
        type=ranges.checkpoint,
        help="of a workdir, its step or best; else the newest",
    )
    add(
        "--ema",
        action=argparse.BooleanOptionalAction,
        help="averaged weights, of a workdir; else where there are some",
    )
    add(
        "--seed",
        type=ranges.SEED,
        default=0,
        help="the first sample's, and of which real images",
    )
    add("--batch_size", type=ranges.BATCH_SIZE, default=500)
    add("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
