"""Asks a model behind TensorFlow Serving, over REST or gRPC.

    python tools/client.py health --model=gan
    python tools/client.py metadata --model=gan --protocol=grpc
    python tools/client.py generate --count=16 --out=samples
    python tools/client.py classify --image=samples/seed_000003.png

docs/serving.md tells how to start a server. A server that is down or slow is
asked again, `--retries` times. gRPC needs the extra `serving`.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

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
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command, text in _COMMANDS.items():
        subparser = subparsers.add_parser(command, help=text, description=text)
        _add_flags(command, subparser)
    flags = parser.parse_args(arguments)
    for holds, name, wanted in _limits(flags):
        if not holds:
            parser.error(
                f"--{name} must be {wanted}. Received: {getattr(flags, name)}"
            )
    return flags


def _add_flags(command, parser):
    add = parser.add_argument
    if command == "generate":
        add("--count", type=int, default=16, help="of images")
        add("--out", "--output_dir", required=True, help="folder of PNG files")
        add("--overwrite", action="store_true", help="files that are there")
        add("--truncation", type=float, default=1.0, help="0: all the same")
        add("--batch_size", type=int, default=16, help="images per request")
    if command == "classify":
        add("--image", required=True, help="an image file")
    add("--host", default="127.0.0.1", help="of the server")
    add("--port", type=int, help="usually 8501 for rest, 8500 for grpc")
    add("--protocol", choices=("rest", "grpc"), default="rest")
    add("--model", default="gan", help="the name it is served under")
    add("--version", type=int, help="of the model, usually the newest")
    add("--timeout", type=float, default=10.0, help="seconds, per attempt")
    add("--retries", type=int, default=3, help="if unavailable or slow")


def _limits(flags):
    """Triples: whether a limit is kept, of which flag, what it says."""
    yield flags.port is None or 0 < flags.port < 2**16, "port", "in [1, 65535]"
    yield bool(flags.host), "host", "a name or an IP address"
    yield bool(flags.model), "model", "a name"
    yield 0 <= (flags.version or 0) < 2**63, "version", "in [0, 2^63)"
    yield 0 < flags.timeout <= 3600, "timeout", "in (0, 3600]"
    yield flags.retries >= 0, "retries", ">= 0"
    if flags.command == "generate":
        yield flags.count >= 1, "count", "positive"
        yield flags.batch_size >= 1, "batch_size", "positive"
        yield 0 <= flags.truncation <= 1, "truncation", "in [0, 1]"


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(main, _parse_flags())
