"""Measures the log-likelihood of images under a generator, between bounds.

    python tools/evaluate_likelihood.py --model=runs/gan10 --variance=.025

A generator has a density where noise of that variance is around its images.
Annealed importance sampling bounds the likelihood of test images from below;
of samples of the model's own, chains back from their latents bound it from
above as well, and the gap says how far the first bound may be off. Beside them
is the estimate by Parzen windows, which is no likelihood. docs/evaluation.md
says more.

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
    from tools.evaluation import likelihood

    return likelihood.evaluate(flags)


def _parse_flags(arguments=None):
    from tools.evaluation import running

    parser = Parser(__doc__)
    add = parser.add_argument
    add("--model", required=True, help="an export or a workdir")
    running.add_data(add)
    add("--split", default="test", help="whose images are measured")
    add(
        "--variance",
        type=ranges.number(1e-30),
        default=0.025,
        help="of a pixel in [0, 1], around the generator's",
    )
    add("--count", type=ranges.COUNT, default=20, help="images")
    add(
        "--distributions",
        type=ranges.whole(2),
        default=1000,
        help="from the prior to the posterior; more make the gap smaller",
    )
    add("--chains", type=ranges.whole(1, 2**16), default=16, help="per image")
    add(
        "--samples",
        type=ranges.COUNT,
        default=10000,
        help="of the Parzen windows",
    )
    running.add_weights(add)
    add(
        "--prior",
        choices=("uniform", "normal", "unit_uniform"),
        help="of the latents, of exports of other programs",
    )
    add("--seed", type=ranges.SEED, default=0, help="of images and chains")
    add("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
