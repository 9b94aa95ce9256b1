"""What a gallery page shows of a run, from the files of its workdir."""

from __future__ import annotations

import dataclasses
import io
import pathlib
import re

import numpy as np
from absl import logging
from PIL import Image

from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir

_PNG = b"\x89PNG\r\n\x1a\n"
_GRIDS = 24  # At most, and of so many bytes together:
_BYTES = 4_000_000
_WAYS = ("linear", "spherical")
_FRAMES = 10
_CLASSES = 20  # With a way of their own, at most.


@dataclasses.dataclass(frozen=True)
class Content:
    """A run.

    Attributes:
        name: of the workdir.
        config: of config.json, `settings` and `starts`.
        records: of metrics.jsonl.
        grids: PNG files by step, in order.
        ways: PNG files of interpolations by their kind.
        classes: names of the classes, one per way, of a conditional model.
        note: why there are no interpolations, or "".
    """

    name: str
    config: dict
    records: list[dict]
    grids: dict[int, bytes]
    ways: dict[str, bytes]
    classes: list[str]
    note: str


def gather(workdir: WorkDir, seed: int, zoom: int) -> Content:
    """Reads a run, and draws its interpolations.

    Args:
        workdir: of the run.
        seed: the first of four; of a conditional model of two.
        zoom: of the interpolations.

    Raises:
        UserError: there is no run, or it is none of a GAN.
    """
    config = workdir.read_config()
    ways, names, note = {}, [], ""
    try:
        ways, names = _interpolate(workdir.path, seed, zoom)
    except UserError as error:
        note = str(error)
    grids = _grids(workdir.samples)
    if not grids and not workdir.networks.exists():
        raise UserError(note)
    return Content(
        name=workdir.path.resolve().name,
        config=config,
        records=workdir.read_metrics(),
        grids=grids,
        ways=ways,
        classes=names,
        note=note,
    )


def _grids(folder: pathlib.Path) -> dict[int, bytes]:
    """Grids of samples, evenly chosen, the first and the last among them."""
    found = {}
    for path in folder.glob("step_*.png"):
        match = re.fullmatch(r"step_(\d+)\.png", path.name)
        if match and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if _is_png(path, content):
                found[int(match[1])] = content
    if not found:
        return {}
    largest = max(map(len, found.values()))
    count = min(len(found), _GRIDS, max(_BYTES // largest, 2))
    steps = sorted(found)
    last = len(steps) - 1
    chosen = {round(i * last / max(count - 1, 1)) for i in range(count)}
    return {steps[i]: found[steps[i]] for i in sorted(chosen | {last})}


def _is_png(path, content):
    try:
        return content.startswith(_PNG) and min(size_of(content)) > 0
    except (OSError, SyntaxError):  # As Pillow has it.
        logging.warning("%s is damaged, and passed over", path)
        return False


def _interpolate(path, seed, zoom):
    from tfgan_ref import inference
    from tools.generation import classes, interpolation, pictures

    model = inference.load(path)
    names = classes.names(model)[:_CLASSES] if model.is_conditional else []
    # Of a class from one sample to another; else between four.
    labels, stops = (range(len(names)), 2) if names else ([None], 4)
    seeds = range(seed, seed + stops)
    ways = {}
    for kind in _WAYS:
        rows = [
            interpolation.paths(model, seeds, _FRAMES, kind, label)
            for label in labels
        ]
        table = pictures.table(pictures.to_uint8(np.concatenate(rows)))
        ways[kind] = pictures.png(table, zoom)
    return ways, names


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG file in pixels."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        return image.size
