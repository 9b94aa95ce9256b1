"""Counts how often arithmetic on latents gives what it should, on emoji.

    python tools/evaluate_arithmetic.py --model=runs/emoji --data_dir=.data

Goodfellow (2016), figure 19, adds man with glasses - man + woman. Here the
attributes are the skin tone and man or woman: a dark man - a light man + a
light woman should be a dark woman, which none of the three is. Two classifiers
of real emoji, made when they are first needed, say what a sample is, and
whether the result has both attributes: for concepts that are single latents,
and for averages of several.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref import ranges, recorded, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard

_COUNTS = (1, 3, 10)  # Latents of a concept; in the paper 3.


def main(flags) -> None:
    """Measures, prints and records."""
    runtime.set_threads()  # Two batches of samples at a time.
    import numpy as np

    from tfgan_ref import inference
    from tfgan_ref.data import images
    from tools.evaluation import concepts, drawn

    target = flags.json and pathlib.Path(flags.json).expanduser()
    recorded.check_writable(target or None)
    model = inference.load(flags.model)
    concepts.check(model, drawn.image_shape(model))
    data, test = (
        images.load(
            "emoji",
            split=split,
            image_size=concepts.SIZE,
            channels=3,
            data_dir=flags.data_dir,
        )
        for split in ("train", "test")
    )
    judge = concepts.Judge.of_emoji(data, test, say=print)
    seeds = np.arange(flags.seed, flags.seed + flags.count)
    found = concepts.find(model, judge, seeds)
    trials = concepts.choose(found, max(_COUNTS), flags.trials, flags.seed)
    chance = concepts.chance(trials, found, flags.count)
    print(
        f"{flags.trials} sums of {len(found)} concepts; what they should give "
        f"is {chance:.1%} of {flags.count} samples"
    )
    shares = {}
    for count in _COUNTS:
        shares[str(count)] = concepts.successes(model, judge, trials, count)
        print(
            f"  averages of {count:2}: "
            + ", ".join(f"{k} {v:.1%}" for k, v in shares[str(count)].items())
        )
    print("One of them: " + _command(flags.model, trials[0]))
    if target:
        recorded.write(
            target,
            recorded.circumstances("arithmetic")
            | {
                "trials": flags.trials,
                "samples": flags.count,
                "seed": flags.seed,
                "chance": chance,
                "classifiers": judge.accuracy,
                "concepts": {" ".join(k): len(v) for k, v in found.items()},
                "shares": shares,
            },
        )


def _command(model, trial):
    seeds = (
        f"--{name}={','.join(map(str, of[:3]))}"
        for name, of in zip("abc", trial.seeds, strict=True)
    )
    return (
        f"python tools/generate.py arithmetic --model={model} "
        + " ".join(seeds)
        + " --out=arithmetic"
    )


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--model", required=True, help="a run on emoji, or an export of it"
    )
    parser.add_argument("--data_dir", help="as for the recipe")
    parser.add_argument(
        "--count",
        type=ranges.COUNT,
        default=10000,
        help="samples among which concepts are looked for",
    )
    parser.add_argument(
        "--trials", type=ranges.COUNT, default=1000, help="sums for each number"
    )
    parser.add_argument(
        "--seed", type=ranges.SEED, default=0, help="of samples and trials"
    )
    parser.add_argument("--json", help="where to record the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
