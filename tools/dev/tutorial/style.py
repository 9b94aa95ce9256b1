"""How the figures look: the tutorial's colours, few lines, a caption below."""

from __future__ import annotations

import io
import pathlib
import textwrap

import numpy as np
from PIL import Image

from tfgan_ref.outputs import write_bytes

DATA = "#303030"
MODEL = "#3f8f5b"
DISCRIMINATOR = "#3b6ea5"
THIRD = "#b0702a"
ALARM = "#b03030"
_DPI = 100
_COLORS = 128
_LINE = 0.15  # Inches.


def grid(axis) -> None:
    """Faint lines behind the curves."""
    axis.grid(color="#ececec", lw=0.8)
    axis.set_axisbelow(True)


def strips(axis, rows, names) -> None:
    """Rows of images in a column of the figure.

    Args:
        axis: of matplotlib.
        rows: list of float `[count, height, width, 1]` in [-1, 1].
        names: of the rows.
    """
    drawn = [np.concatenate(list(row[..., 0]), 1) for row in rows]
    axis.imshow(
        np.concatenate(drawn), cmap="gray", vmin=-1, vmax=1, aspect="equal"
    )
    size = rows[0].shape[1]
    axis.set_xticks([])
    axis.set_yticks(size * (np.arange(len(rows)) + 0.5), names)
    axis.tick_params(length=0)
    for spine in axis.spines.values():
        spine.set_visible(False)
    for i in range(1, len(rows)):
        axis.axhline(size * i - 0.5, color="white", lw=2)


def save(module, computed: dict, caption: str, path: pathlib.Path) -> None:
    """Draws a figure with its caption.

    Args:
        module: of the figure.
        computed: what its `compute` has given.
        caption: in one line, of any length.
        path: .png file, overwritten.

    Raises:
        UserError: it cannot be written.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    width, height = module.SIZE
    text = textwrap.fill(caption, int(width * 15.5))
    below = _LINE * (text.count("\n") + 1) + 0.12
    with plt.rc_context(
        {
            "axes.spines.top": False,
            "axes.spines.right": False,
            "font.size": 9,
            "legend.frameon": False,
        }
    ):
        figure = plt.figure(figsize=(width, height + below))
        module.draw(figure, computed)
        figure.tight_layout(rect=(0, below / (height + below), 1, 1))
        figure.text(
            0.015, 0.015, text, fontsize=8.5, color="#404040", va="bottom"
        )
        drawn = io.BytesIO()
        figure.savefig(drawn, dpi=_DPI, format="png")
        plt.close(figure)
    # A palette makes the file a third as large.
    picture = (
        Image.open(drawn)
        .convert("RGB")
        .quantize(_COLORS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    )
    buffer = io.BytesIO()
    picture.save(buffer, "png", optimize=True)
    write_bytes(path, buffer.getvalue())
