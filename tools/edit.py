"""Edits a picture in the latent space of a trained generator.

    python tools/edit.py --picture=face.png --strokes=strokes.png --out=o
    python tools/edit.py --picture=face.png --complete --mask=mask.png --out=o

Strokes are colours on a transparent ground. The picture is projected, by the
encoder where the model has one and by optimisation from the nearest of many
samples; gradient steps then move its latent until the strokes' pixels have
their colours, near where it began. --complete fills what is white in the mask,
of the latent that fits the rest.

--out gets strip.png: the way from the projection to the result, generated in
the first row and blended into the picture in the last; before.png, after.png
and way_00.png... one by one; and edit.json, the errors.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from tfgan_ref import ranges, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard


def main(flags) -> None:
    """Edits."""
    runtime.set_threads()
    from tools.editing import commands

    commands.edit(flags)


def _parse_flags(arguments=None):
    from tools.generation.flags import add_common

    parser = Parser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--picture", required=True, help="a file, of the model's size")
    add("--strokes", help="a picture of that size with alpha: the colours")
    add("--complete", action="store_true", help="fill what --mask hides")
    add("--mask", help="a picture of that size, white where it is hidden")
    add(
        "--fit",
        choices=("crop", "pad", "stretch"),
        help="brings files of one size to the model's; else they have it",
    )
    add(
        "--draws",
        type=ranges.whole(1, 10**5),
        default=2000,
        help="samples among which those to begin with are chosen",
    )
    add(
        "--starts",
        type=ranges.whole(0, 10**4),
        default=8,
        help="how many of them, besides the encoder's guess",
    )
    add("--steps", type=ranges.whole(0, 10**6), default=200, help="of Adam")
    add(
        "--rate",
        type=ranges.number(above=True),
        default=0.05,
        help="Adam's learning rate in the beginning",
    )
    add(
        "--closeness",
        type=ranges.number(),
        default=0.6,
        help="weight of the latent's distance from where it began",
    )
    add(
        "--prior_weight",
        type=ranges.number(),
        default=0.001,
        help="weight of the prior of z, where it is normal",
    )
    add(
        "--frames",
        type=ranges.whole(2, 100),
        default=8,
        help="of the way, before and after among them",
    )
    add("--json", help="where to record the errors")
    add_common(add)
    flags = parser.parse_args(arguments)
    given = flags.strokes is not None, flags.complete, flags.mask is not None
    if given not in ((True, False, False), (False, True, True)):
        parser.error("--strokes, or --complete and --mask, was expected")
    if flags.complete:
        parser.refuse_unused(flags, "with --complete", "closeness")
    if flags.draws < flags.starts:
        parser.error(
            f"--draws must be at least --starts, {flags.starts}. "
            f"Received: {flags.draws}"
        )
    return flags


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
