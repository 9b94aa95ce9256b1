"""Asks a model behind TensorFlow Serving, over REST or gRPC.

    python tools/client.py health --model=gan
    python tools/client.py metadata --model=gan --protocol=grpc
    python tools/client.py generate --count=16 --output_dir=samples
    python tools/client.py classify --image=samples/seed_000003.png

docs/serving.md tells how to start a server. A server that is down or slow is
asked again, `--retries` times. gRPC needs the extra `serving`.
"""

from __future__ import annotations

import argparse
import math
import pathlib

from tfgan_ref import workdir
from tfgan_ref.errors import UserError, guard, reason
from tools.serving import retries
from tools.serving.server import Address, Metadata, malformed

_PORTS = {"rest": 8501, "grpc": 8500}  # Those of the official image.
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_MODES = {1: "L", 3: "RGB"}  # Of Pillow, by channels.


class Client:
    """A model on a server that may have to be asked twice.

    Args:
        flags: protocol, host, port, model, version, timeout and retries.

    Raises:
        UserError: of this and of every method; the server is unavailable,
            refuses the request or answers with something else.
    """

    def __init__(self, flags):
        self.address = Address(
            flags.host,
            flags.port or _PORTS[flags.protocol],
            flags.model,
            flags.version,
            flags.timeout,
        )
        self._server = _server(flags.protocol, self.address)
        self._retries = flags.retries

    def status(self) -> dict[int, str]:
        """The state of each version."""
        return retries.call(self._server.status, retries=self._retries)

    def metadata(self) -> Metadata:
        """The version that answers and its signatures."""
        return retries.call(self._server.metadata, retries=self._retries)

    def signature(self, name: str):
        """The signature of that name, which the model must have."""
        signatures = self.metadata().signatures
        if name not in signatures:
            raise UserError(
                f"{self.address}: no signature `{name}`. "
                f"There is: {', '.join(sorted(signatures)) or 'none'}"
            )
        return signatures[name]

    def predict(self, signature, inputs, outputs) -> dict[str, list]:
        """Calls a signature; its outputs have as many rows as its inputs."""
        received = retries.call(
            self._server.predict,
            signature,
            inputs,
            outputs,
            retries=self._retries,
        )
        rows = len(next(iter(inputs.values())))
        for name, values in received.items():
            if not isinstance(values, list) or len(values) != rows:
                raise malformed(
                    self.address, f"{name} of {rows} rows was expected"
                )
        return received


def _server(protocol, address):
    if protocol == "grpc":
        from tools.serving import rpc

        return rpc.GrpcServer(address)
    from tools.serving import rest

    return rest.RestServer(address)


def health(flags) -> None:
    """Prints the state of each version; one has to be available."""
    client = Client(flags)
    states = client.status()
    lines = [f"version {v}: {states[v]}" for v in sorted(states)]
    if "AVAILABLE" not in states.values():
        raise UserError(
            f"{client.address}: not available: {', '.join(lines) or 'none'}"
        )
    print("\n".join(lines))


def metadata(flags) -> None:
    """Prints the signatures of the model."""
    version, signatures = Client(flags).metadata()
    print(f"model {flags.model}, version {version}")
    for name in sorted(signatures):
        print(f"{name}: {signatures[name]}")


def generate(flags) -> None:
    """Writes the images of the seeds 0 to count - 1 as PNG files.

    Nothing is written before all of them are there.

    Raises:
        UserError: of `Client`, or a file is there already or cannot be
            written.
    """
    folder = pathlib.Path(flags.output_dir).expanduser()
    paths = [folder / f"seed_{seed:06d}.png" for seed in range(flags.count)]
    there = [path for path in paths if path.exists()]
    if there and not flags.overwrite:
        raise UserError(
            f"{there[0]} is there already: choose another --output_dir or "
            "give --overwrite"
        )
    images = _generate(flags)
    for path, image in zip(paths, images, strict=True):
        workdir.write_bytes(path, image)
    print(f"{len(images)} images in {folder}")


def _generate(flags) -> list[bytes]:
    import numpy as np

    client = Client(flags)
    client.signature("sample_png")
    images: list[bytes] = []
    for first in range(0, flags.count, flags.batch_size):
        last = min(first + flags.batch_size, flags.count)
        inputs = {
            "seed": np.arange(first, last, dtype=np.int64),
            "truncation": np.full(last - first, flags.truncation, np.float32),
        }
        (received,) = client.predict("sample_png", inputs, ("png",)).values()
        if not all(map(_is_png, received)):
            raise malformed(client.address, "PNG files were expected")
        images += received
    return images


def _is_png(content) -> bool:
    return (
        isinstance(content, bytes)
        and content.startswith(_PNG_START)
        and content.endswith(_PNG_END)
    )


def classify(flags) -> None:
    """Prints the class of an image, the probabilities and the realness."""
    client = Client(flags)
    images = client.signature("classify").inputs.get("images")
    if images is None or images.shape is None or len(images.shape) != 4:
        raise malformed(client.address, "no images [batch, height, width, C]")
    pixels = _read_image(pathlib.Path(flags.image), images.shape[1:])
    names = ("classes", "probabilities", "realness")
    answer = client.predict("classify", {"images": pixels[None]}, names)
    try:
        label, probabilities, realness = (answer[name][0] for name in names)
        lines = (
            f"class {int(label)}",
            " ".join(["probabilities", *(f"{p:.4f}" for p in probabilities)]),
            f"realness {realness:.4f}",
        )
    except (TypeError, ValueError):
        raise malformed(client.address, "numbers were expected") from None
    print("\n".join(lines))


def _read_image(path: pathlib.Path, shape):
    """Reads an image of that height, width and channels, in [0, 1]."""
    import numpy as np
    from PIL import Image

    height, width, channels = shape
    if channels not in _MODES:
        raise UserError(f"The model takes images of {channels} channels")
    try:
        with Image.open(path.expanduser()) as image:
            pixels = np.asarray(image.convert(_MODES[channels]), np.float32)
    except Exception as error:
        # A damaged file raises whatever its decoder runs into.
        raise UserError(f"Cannot read {path}: {reason(error)}") from None
    if pixels.shape[:2] != (height, width):
        raise UserError(
            f"The model takes images of {width}x{height} pixels. "
            f"Received: {path}, {pixels.shape[1]}x{pixels.shape[0]}"
        )
    return pixels.reshape(shape) / np.float32(255.0)


def main(flags) -> None:
    """Does what the subcommand says."""
    flags.command(flags)


def _parse_flags(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (health, metadata, generate, classify):
        _add_command(commands, command)
    flags = parser.parse_args(arguments)
    for holds, name, wanted in _limits(flags):
        if not holds:
            parser.error(
                f"--{name} must be {wanted}. Received: {getattr(flags, name)}"
            )
    return flags


def _add_command(commands, command):
    text = command.__doc__.split("\n")[0]
    parser = commands.add_parser(
        command.__name__,
        help=text,
        description=text,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.set_defaults(command=command)
    add = parser.add_argument
    if command is generate:
        add("--count", type=int, default=16, help="of images")
        add("--output_dir", required=True, help="folder of the PNG files")
        add("--overwrite", action="store_true", help="files that are there")
        add("--truncation", type=float, default=1.0, help="0: all the same")
        add("--batch_size", type=int, default=16, help="images per request")
    if command is classify:
        add("--image", required=True, help="an image file")
    add("--host", default="127.0.0.1", help="the server's")
    add("--port", type=int, help="8501 for rest, 8500 for grpc if not given")
    add("--protocol", choices=_PORTS, default="rest", help="API to use")
    add("--model", default="gan", help="the name that it is served under")
    add("--version", type=int, help="the newest if not given")
    add("--timeout", type=float, default=10.0, help="seconds, per attempt")
    add("--retries", type=int, default=3, help="if unavailable or slow")


def _limits(flags):
    """Triples: whether a limit is kept, of which flag, what it says."""
    yield flags.port is None or 0 < flags.port < 2**16, "port", "in [1, 65535]"
    yield bool(flags.host), "host", "a name or an IP address"
    yield bool(flags.model), "model", "a name"
    yield flags.version is None or flags.version >= 0, "version", ">= 0"
    yield 0 < flags.timeout < math.inf, "timeout", "positive"
    yield flags.retries >= 0, "retries", ">= 0"
    if flags.command is generate:
        yield flags.count >= 1, "count", "positive"
        yield flags.batch_size >= 1, "batch_size", "positive"
        yield 0 <= flags.truncation <= 1, "truncation", "in [0, 1]"


if __name__ == "__main__":
    guard(main, _parse_flags())
