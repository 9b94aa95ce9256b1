"""Asks a model behind TensorFlow Serving, over REST or gRPC.

    python tools/client.py health --model=gan
    python tools/client.py metadata --model=gan --protocol=grpc
    python tools/client.py generate --count=16 --out=samples
    python tools/client.py generate --class=7 --out=sneakers
    python tools/client.py generate --text="red heart" --out=hearts
    python tools/client.py classify --image=samples/seed_000003.png

docs/serving.md tells how to start a server. A server that is down or slow is
asked again, `--retries` times. gRPC needs the extra `serving`.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref import ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard

_COMMANDS = {
    "health": "print the state of each version",
    "metadata": "print the signatures of the model",
    "generate": "write the images of the seeds 0, 1... as PNG files",
    "classify": "print the class, probabilities and realness of an image",
}


def main(flags) -> None:
    """Does what the subcommand says."""
    from tools.serving import commands

    getattr(commands, flags.command)(flags)


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command, text in _COMMANDS.items():
        subparser = subparsers.add_parser(command, help=text, description=text)
        _add_flags(command, subparser)
    flags = parser.parse_args(arguments)
    for name in ("host", "model"):
        if not getattr(flags, name):
            parser.error(f"argument --{name}: a name was expected")
    return flags


def _add_flags(command, parser):
    add = parser.add_argument
    if command == "generate":
        add("--count", type=ranges.COUNT, default=16, help="of images")
        add("--out", "--output_dir", required=True, help="folder of PNG files")
        add("--overwrite", action="store_true", help="files that are there")
        add(
            "--truncation",
            type=ranges.SHARE,
            default=1.0,
            help="0: all the same",
        )
        add(
            "--class",
            dest="label",
            type=ranges.whole(0, 2**31 - 1),
            help="number of the class, of a conditional model",
        )
        add("--text", help="of all, of a model that is asked for one")
        add(
            "--batch_size",
            type=ranges.BATCH_SIZE,
            default=16,
            help="images per request",
        )
    if command == "classify":
        add("--image", required=True, help="an image file")
    add("--host", default="127.0.0.1", help="of the server")
    add(
        "--port",
        type=ranges.whole(1, 65535),
        help="usually 8501 for rest, 8500 for grpc",
    )
    add("--protocol", choices=("rest", "grpc"), default="rest")
    add("--model", default="gan", help="the name it is served under")
    add(
        "--version",
        type=ranges.VERSION,
        help="of the model, usually the newest",
    )
    add(
        "--timeout",
        type=ranges.number(0.0, 3600.0, above=True),
        default=10.0,
        help="seconds, per attempt",
    )
    add(
        "--retries",
        type=ranges.whole(0, 1000),
        default=3,
        help="if unavailable or slow",
    )


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
