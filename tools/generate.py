"""Draws from a trained generator; no data set is needed.

    python tools/generate.py --model=runs/fashion_mnist --count=64 --out=samples
    python tools/generate.py --count=10000 --out=samples.npz
    python tools/generate.py --class=Sneaker --model=runs/fm --out=sneakers
    python tools/generate.py --text="red heart" --model=runs/text/stage_2 ...
    python tools/generate.py interpolate --seeds=0,1,2 --out=ways
    python tools/generate.py arithmetic --a=1,2,3 --b=4,5,6 --c=7,8,9 --out=sum
    python tools/generate.py project --image=shoe.png --out=projected
    python tools/generate.py neighbours --count=8 --out=nearest

--model is a SavedModel, the folder of its versions, or the workdir of a run. A
sample is a function of its seed: the same in any number, at any time.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

from tfgan_ref import ranges, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard

_COMMANDS = {
    "images": "samples of consecutive seeds (the default)",
    "interpolate": "the ways between the samples of some seeds",
    "arithmetic": "A - B + C of averaged latents",
    "project": "the latent of a given image, by optimisation",
    "neighbours": "the training images that are nearest to samples",
}
# Of a frame: a GIF counts hundredths of a second, in 16 bits.
_MILLISECONDS = ranges.whole(1, 655_350)
# By the format of samples.
_UNUSED = {"png": ["milliseconds"], "npz": ["zoom", "milliseconds"], "gif": []}
_NOT_WRITTEN = ("jpg", "jpeg", "webp", "bmp", "tif", "tiff")
_FUNCTIONS = {"arithmetic": "combine", "neighbours": "nearest"}


def main(flags) -> None:
    """Does what the subcommand says."""
    runtime.set_threads()  # Two batches of samples at a time.
    from tools.generation import commands

    getattr(commands, _FUNCTIONS.get(flags.command, flags.command))(flags)


def _parse_flags(arguments=None):
    from tools.generation.flags import add_common

    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if not arguments or arguments[0].startswith("--"):
        asks = {"-h", "--help"} & set(arguments)
        arguments = arguments if asks else ["images", *arguments]
    parser = Parser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command, text in _COMMANDS.items():
        subparser = subparsers.add_parser(command, help=text, description=text)
        _ADD_FLAGS[command](subparser.add_argument)
        add_common(subparser.add_argument)
    flags = parser.parse_args(arguments)
    if flags.command == "images":
        _choose_format(flags)
        subparsers.choices["images"].refuse_unused(
            flags, f"with --format={flags.format}", *_UNUSED[flags.format]
        )
    if flags.command == "interpolate":
        subparsers.choices["interpolate"].refuse_unused(
            flags, "with interpolate, which has --seeds", "seed"
        )
    for holds, name, wanted in _limits(flags):
        if not holds:
            parser.error(
                f"--{name} must be {wanted}. Received: {getattr(flags, name)}"
            )
    return flags


def _add_images(add):
    add("--count", "--n", type=ranges.COUNT, default=64, help="how many")
    add("--truncation", type=ranges.SHARE, default=1.0, help="0: all the same")
    add("--text", help="of all samples, of a model that is asked for one")
    add("--grid", action="store_true", help="one picture of all")
    add("--format", choices=("png", "npz", "gif"), help="else by --out, or png")
    add(
        "--milliseconds",
        type=_MILLISECONDS,
        default=200,
        help="per frame of a GIF",
    )


def _add_interpolate(add):
    add("--seeds", type=_integers, default=[0, 1, 2, 3], help="two or more")
    add(
        "--frames",
        type=ranges.whole(2, 10**4),
        default=12,
        help="from each to the next",
    )
    add("--kind", choices=("linear", "spherical"), default="spherical")
    add(
        "--milliseconds",
        type=_MILLISECONDS,
        default=100,
        help="per frame of the GIF",
    )


def _add_arithmetic(add):
    for name in "abc":
        add(
            f"--{name}",
            type=_integers,
            required=True,
            help=f"seeds of concept {name.upper()}; the paper has three",
        )


def _add_project(add):
    add("--image", required=True, help="a file, of the model's size")
    add("--starts", type=ranges.COUNT, default=16, help="latents to begin with")
    add("--steps", type=ranges.whole(0, 10**6), default=300, help="of Adam")
    add(
        "--rate",
        type=ranges.number(above=True),
        default=0.05,
        help="Adam's learning rate",
    )


def _add_neighbours(add):
    add("--count", "--n", type=ranges.COUNT, default=8, help="samples")
    add("--k", type=ranges.COUNT, default=5, help="images for each")
    add("--dataset", help="as for a recipe; else that of the run")
    add("--data_dir", help="as for a recipe")
    add("--split", help="as for a recipe")


_ADD_FLAGS = {
    "images": _add_images,
    "interpolate": _add_interpolate,
    "arithmetic": _add_arithmetic,
    "project": _add_project,
    "neighbours": _add_neighbours,
}


def _integers(text):
    """1,2,3 -> [1, 2, 3]."""
    numbers = [int(part) for part in text.split(",")]
    if not all(-(2**63) <= number < 2**63 for number in numbers):
        raise ValueError
    return numbers


_integers.__name__ = "list of integers"  # As argparse names it.


def _suffix(flags):
    return pathlib.Path(flags.out).suffix[1:].lower()


def _choose_format(flags):
    suffix = _suffix(flags)
    flags.format = flags.format or (
        suffix if suffix in ("png", "npz", "gif") else "png"
    )
    flags.grid = flags.grid or suffix == flags.format == "png"


def _limits(flags):
    """Triples: whether a limit is kept, of which flag, what it says."""
    is_written = _suffix(flags) not in _NOT_WRITTEN
    yield bool(flags.out), "out", "the name of a folder or of a file"
    yield is_written, "out", "a folder, or end in png, npz or gif"
    if flags.command == "images":
        lone = not flags.grid or flags.format == "png"
        yield lone, "grid", "left out with --format=npz or gif"
    if flags.command == "interpolate":
        yield len(flags.seeds) >= 2, "seeds", "two or more"
    if flags.command == "arithmetic":
        for name in "bc":
            same = len(getattr(flags, name)) == len(flags.a)
            yield same, name, f"{len(flags.a)} seeds, as many as --a"


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
