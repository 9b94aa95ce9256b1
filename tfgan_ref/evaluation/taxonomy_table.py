"""The taxonomy's table and its picture."""

from __future__ import annotations

import math

import numpy as np

from tfgan_ref.evaluation.taxonomy import Row
from tfgan_ref.models.taxonomy import family, tree
from tfgan_ref.titled import titled

SIDE = 200  # Pixels of a cell of the picture.
_GREY = 128
_ABOUT, _GAP = 36, 2  # Pixels of an image, and between two.
_NATS = {family.EXACT: "{:.2f}", family.BOUND: ">= {:.2f}"}


def markdown(
    rows: dict[str, dict[str, Row]], own_nats: dict[str, float | None]
) -> str:
    """The table: a line for each family, and for each task some columns.

    The time of a sample is in units of the fastest family's on that task.

    Args:
        rows: family's key -> task's name -> what was measured.
        own_nats: task's name -> `Task.own_nats`.
    """
    heads = ["family", "branch", "log p(x)"]
    for task in own_nats:
        heads += [f"{task}: nats", "evaluations of a sample", "time"]
        heads += _judged(rows, task)
    lines = [heads, ["---"] * len(heads)]
    for key, by_task in rows.items():
        leaf = tree.leaf(key)
        cells = [leaf.model, f"{leaf.path[-1]}: {leaf.family}", leaf.density]
        for task in own_nats:
            cells += _cells(by_task[task], _least(rows, task))
            cells += [
                f"{by_task[task].judged[name]:.3g}"
                for name in _judged(rows, task)
            ]
        lines.append(cells)
    own = [
        f"\n{name}: {nats:.2f} nats of its own law.\n"
        for name, nats in own_nats.items()
        if nats is not None
    ]
    return "".join([*(f"| {' | '.join(line)} |\n" for line in lines), *own])


def _cells(row, least):
    nats = "-"
    if row.nats is not None:
        nats = _NATS[row.density].format(row.nats)
    return [nats, str(row.evaluations), f"{row.sample_seconds / least:.3g}"]


def _least(rows, task):
    return min(by_task[task].sample_seconds for by_task in rows.values())


def _judged(rows, task):
    return [*next(iter(rows.values()))[task].judged]


def picture(drawn: dict[str, list[np.ndarray]]) -> np.ndarray:
    """A row for each family, below its name.

    Args:
        drawn: title -> for each task uint8 `[columns, SIDE, SIDE, 3]`.

    Returns:
        uint8 `[height, width, 3]`.
    """
    rows = np.stack([np.concatenate(cells) for cells in drawn.values()])
    return titled(rows, [*drawn])


def mosaics(images: np.ndarray, columns: int = 2) -> np.ndarray:
    """Images side by side: as many as fit, few of them larger.

    Args:
        images: float `[count, size, size]` in [0, 1], size at most SIDE.
        columns: int, how many mosaics.

    Returns:
        uint8 `[columns, SIDE, SIDE, 3]`.
    """
    size = images.shape[1]
    zoom = max(1, _ABOUT // size)
    per_side = (SIDE + _GAP) // (zoom * size + _GAP)
    # No more than there are, so that no mosaic is half empty.
    per_side = max(1, min(per_side, math.isqrt(len(images) // columns)))
    zoom = ((SIDE + _GAP) // per_side - _GAP) // size
    step = zoom * size + _GAP
    levels = np.rint(255 * np.clip(images, 0, 1)).astype(np.uint8)
    levels = levels.repeat(zoom, 1).repeat(zoom, 2)
    found = np.full([columns, SIDE, SIDE, 3], _GREY, np.uint8)
    for k, image in enumerate(levels[: columns * per_side**2]):
        column, place = divmod(k, per_side**2)
        y, x = (step * i for i in divmod(place, per_side))
        found[column, y : y + len(image), x : x + len(image)] = image[..., None]
    return found


def halved(image: np.ndarray) -> np.ndarray:
    """uint8 `[2 n, 2 n, 3]` -> `[1, n, n, 3]`, the means of four pixels."""
    n = len(image) // 2
    means = image.reshape(n, 2, n, 2, 3).mean((1, 3))
    return np.rint(means).astype(np.uint8)[None]
