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

import pathlib
import sys

from tfgan_ref import ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard


def main(flags) -> None:
    """Measures, prints and records."""
    from tools.evaluation import running

    running.run(flags, _evaluate)


def _evaluate(flags):
    # After TensorFlow has its threads.
    from tools.evaluation import nearest_label

    return nearest_label.evaluate(flags)


def _parse_flags(arguments=None):
    from tools.evaluation import running

    parser = Parser(__doc__)
    add = parser.add_argument
    add("--model", required=True, help="an export or a workdir")
    running.add_data(add)
    add(
        "--count",
        type=ranges.COUNT,
        default=50000,
        help="samples, of each class as many, and real images at most",
    )
    running.add_weights(add)
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
