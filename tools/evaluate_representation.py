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
    from tools.evaluation import representation

    return representation.evaluate(flags)


def _parse_flags(arguments=None):
    from tools.evaluation import running

    parser = Parser(__doc__)
    add = parser.add_argument
    add("--model", required=True, help="the workdir of a run")
    running.add_data(add)
    add(
        "--train_count",
        type=ranges.COUNT,
        help="training images, equally many of each class; else all",
    )
    running.add_weights(add)
    add("--seed", type=ranges.SEED, default=0, help="of the training images")
    add("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
