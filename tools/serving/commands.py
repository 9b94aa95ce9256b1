"""The subcommands of tools/client.py."""

from __future__ import annotations

import os
import pathlib

import numpy as np

from tfgan_ref.errors import UserError, printable
from tfgan_ref.outputs import check_writable, write_bytes
from tfgan_ref.picture_files import read_as
from tools.serving.client import Client
from tools.serving.server import malformed

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"


def health(flags) -> None:
    """Prints the state of each version; one has to be available."""
    client = Client(flags)
    states = client.status()
    lines = [f"version {v}: {states[v]}" for v in sorted(states)]
    if "AVAILABLE" not in states.values():
        raise UserError(
            f"{client.address}: not available: {', '.join(lines) or 'none'}"
        )
    print(*map(printable, lines), sep="\n")


def metadata(flags) -> None:
    """Prints the signatures of the model."""
    version, signatures = Client(flags).metadata()
    print(printable(f"model {flags.model}, version {version}"))
    for name in sorted(signatures):
        print(printable(f"{name}: {signatures[name]}"))


def generate(flags) -> None:
    """Writes the images of the seeds 0 to count - 1 as PNG files.

    Nothing is written before all of them are there.

    Raises:
        UserError: of `Client`, or a file is there already or cannot be
            written.
    """
    folder = pathlib.Path(flags.out).expanduser()
    paths = [folder / f"seed_{seed:06d}.png" for seed in range(flags.count)]
    there = [path for path in paths if os.path.exists(path)]
    if there and not flags.overwrite:
        raise UserError(
            f"{there[0]} is there already: choose another --out or "
            "give --overwrite"
        )
    check_writable(*paths)
    images = _generate(flags)
    for path, image in zip(paths, images, strict=True):
        write_bytes(path, image)
    print(f"{len(images)} images in {folder}")


def _generate(flags) -> list[bytes]:
    client = Client(flags)
    # Whose answer REST sends in base64.
    signature = client.signature("sample_png_bytes")
    _check_class(client.address, flags.label, "label" in signature.inputs)
    _check_text(client.address, flags.text, "text" in signature.inputs)
    images: list[bytes] = []
    for first in range(0, flags.count, flags.batch_size):
        last = min(first + flags.batch_size, flags.count)
        inputs = {
            "seed": np.arange(first, last, dtype=np.int64),
            "truncation": np.full(last - first, flags.truncation, np.float32),
        }
        if flags.label is not None:
            inputs["label"] = np.full(last - first, flags.label, np.int64)
        if flags.text is not None:
            inputs["text"] = np.full(last - first, flags.text, object)
        answer = client.predict("sample_png_bytes", inputs, ("png_bytes",))
        (received,) = answer.values()
        if not all(map(_is_png, received)):
            raise malformed(client.address, "PNG files were expected")
        images += received
    return images


def _check_class(address, label, is_conditional):
    """Refuses a class that the model takes none of, or that is missing."""
    if is_conditional and label is None:
        raise UserError(
            f"{address}: a class was expected, --class=NUMBER. Received: none"
        )
    if label is not None and not is_conditional:
        raise UserError(
            f"{address} is asked for no class. Received: --class={label}"
        )


def _check_text(address, text, is_of_texts):
    """Refuses a text that the model takes none of, or that is missing."""
    if is_of_texts and text is None:
        raise UserError(
            f"{address}: a text was expected, --text=... Received: none"
        )
    if text is not None and not is_of_texts:
        raise UserError(
            f"{address} is asked for no text. Received: --text={text}"
        )


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
    pixels = read_as(pathlib.Path(flags.image).expanduser(), images.shape[1:])
    names = ("classes", "probabilities", "realness")
    answer = client.predict("classify", {"images": pixels[None]}, names)
    try:
        label, probabilities, realness = (answer[name][0] for name in names)
        lines = (
            f"class {int(label)}",
            " ".join(["probabilities", *(f"{p:.4f}" for p in probabilities)]),
            f"realness {realness:.4f}",
        )
    except (OverflowError, TypeError, ValueError):
        raise malformed(client.address, "numbers were expected") from None
    print("\n".join(lines))
