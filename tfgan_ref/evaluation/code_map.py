"""Codes in the plane, coloured by class."""

from __future__ import annotations

import importlib.util

import numpy as np

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.encoding import served
from tfgan_ref.evaluation.result import Evaluation

_SHOWN = 5_000
_INCHES = 6.0


class CodeMap:
    """The evaluation of a run that draws codes of images, picture `code_map`.

    Args:
        images: the first 5,000 are drawn; without labels in one colour.

    Raises:
        UserError: matplotlib is missing.
    """

    def __init__(self, images: Images):
        if not importlib.util.find_spec("matplotlib"):
            raise UserError("matplotlib is needed (the extra `figures`)")
        self._images = images.images[:_SHOWN]
        self._labels = images.labels[:_SHOWN]
        self._names = images.class_names

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `GAN` that encodes to two numbers."""
        codes = served(gan, "encode", images=self._images)["latents"]
        return Evaluation(
            {}, {"code_map": draw(codes, self._labels, self._names)}
        )


def draw(codes: np.ndarray, labels: np.ndarray, names=()) -> np.ndarray:
    """A scatter plot.

    Args:
        codes: float `[count, 2]`.
        labels: int `[count]`, one colour each.
        names: of the labels; else their numbers are shown.

    Returns:
        uint8 `[600, 600, 3]`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure((_INCHES, _INCHES), dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_aspect("equal", "datalim")
    for label in np.unique(labels):
        x, y = codes[labels == label].T
        name = names[label] if 0 <= label < len(names) else str(label)
        axes.scatter(x, y, s=3, color=f"C{label % 10}", label=name)
    axes.legend(markerscale=4, loc="upper right", fontsize="small")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
