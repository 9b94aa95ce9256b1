"""The files of one edit."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tfgan_ref.outputs import write_json
from tools.generation import pictures

_SETTINGS = (
    *("model", "checkpoint", "ema", "picture", "strokes", "mask", "fit"),
    *("label", "seed", "draws", "starts", "steps", "rate", "closeness"),
    "prior_weight",
)


class Edit(NamedTuple):
    """An edit; images are float32 `[height, width, channels]` in [0, 1].

    Attributes:
        before: what it began with.
        beside: `[rows, ...]`, in front of each row of the strip.
        rows: `[rows, frames, ...]`, the way, seen in several manners.
        errors: root mean squared ones, of levels in [0, 1].
        lines: what is printed.
    """

    before: np.ndarray
    beside: np.ndarray
    rows: np.ndarray
    errors: Mapping[str, float]
    lines: Sequence[str]


def names(rows: Sequence[str], frames: int) -> list[str]:
    """The files of an edit, by the names of its rows; the last is the result.

    `strip.png`, `edit.json` and `before.png`; `after.png`, and
    `after_<row>.png` of the other rows; `way_00.png`... of the last row.
    """
    others = [f"after_{row}.png" for row in rows[:-1]]
    way = [f"way_{k:02d}.png" for k in range(frames)]
    return ["strip.png", "edit.json", "before.png", *others, "after.png", *way]


def write(paths: Mapping[str, pathlib.Path], edit: Edit, flags) -> dict:
    """Writes them.

    Args:
        paths: of `names`, in their order.
        edit: the edit.
        flags: of the program.

    Returns:
        What edit.json holds, `errors` and `settings`.

    Raises:
        UserError: one cannot be written.
    """
    strip = np.concatenate([edit.beside[:, None], edit.rows], 1)
    singles = [edit.before, *edit.rows[:, -1], *edit.rows[-1]]
    strip_path, record, *others = paths.values()
    pixels = pictures.table(pictures.to_uint8(strip))
    pictures.write_png(strip_path, pixels, flags.zoom)
    for path, image in zip(others, singles, strict=True):
        pictures.write_png(path, pictures.to_uint8(image), flags.zoom)
    settings = {name: getattr(flags, name) for name in _SETTINGS}
    content = {"errors": dict(edit.errors), "settings": settings}
    write_json(record, content)
    return content
