"""How far estimated densities are from the data's, on a grid."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import special

from tfgan_ref.data.mixture import Mixture
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.models.noise_contrastive import ESTIMATORS
from tfgan_ref.titled import titled

_SIZE = 400  # Pixels of each side.
_PAPER, _DATA = (255, 255, 255), (205, 205, 205)
_INK = (48, 48, 48)
# Of each estimator: colour, and the pixels of a dash and to the next one, so
# that those below are seen between them.
_STYLES = (
    ((59, 110, 165), 1, 1),
    ((176, 112, 42), 10, 20),
    ((176, 48, 48), 3, 10),
)
_FONT, _ROW = 12, 18  # Of the legend, pixels; it is above the data's peak.


class DensityErrors:
    """The errors of a `ContrastiveGAN`'s densities, as a run's evaluation.

    Scalars, each of every estimator:
    `eval/kl/...`: KL(data || model) in nats, of the model normalised;
    `eval/log_z_error/...`: the logarithm of the model's integral, which is 0
    where the normaliser is learned.

    The picture `densities` has on a line the data's density in grey and a
    curve of each estimator, dashed where it would hide another. In the plane
    it has all four side by side, each below its name.

    Args:
        density: of the data.
    """

    def __init__(self, density: Mixture):
        self._density = density

    def __call__(self, gan) -> Evaluation:
        """Evaluates a `ContrastiveGAN`."""
        grid = np.asarray(gan.grid, np.float64)
        log_cell = gan.log_volume - math.log(len(grid))
        log_data = self._density.log_prob(grid).numpy()
        log_data -= special.logsumexp(log_data) + log_cell
        scalars, curves = {}, [np.exp(log_data)]
        for name, network in ESTIMATORS.items():
            found = gan.trained(network)(gan.grid, training=False)
            found = np.asarray(found, np.float64)
            log_z = special.logsumexp(found) + log_cell
            found -= log_z
            mass = np.exp(log_data + log_cell)
            scalars[f"eval/kl/{name}"] = float(mass @ (log_data - found))
            scalars[f"eval/log_z_error/{name}"] = float(log_z)
            curves.append(np.exp(found))
        draw = _lines if grid.shape[1] == 1 else _panels
        picture = draw(np.array(curves), ["data", *ESTIMATORS])
        return Evaluation(scalars, {"densities": picture})


def _lines(curves, names):
    """uint8 `[400, 400, 3]` of float `[1 + estimators, cells]`."""
    picture = Image.new("RGB", (_SIZE, _SIZE), _PAPER)
    pen = ImageDraw.Draw(picture)
    x = np.linspace(0, _SIZE, curves.shape[1])
    y = _SIZE - 1 - 0.8 * _SIZE * curves / curves[0].max()
    data, *models = np.clip(y, 0, _SIZE)
    outline = list(zip(x, data, strict=True))
    pen.polygon([(0, _SIZE), *outline, (_SIZE, _SIZE)], fill=_DATA)
    for model, style in zip(models, _STYLES, strict=True):
        _dashed(pen, x, model, *style)
    font = ImageFont.load_default(_FONT)
    for k, name in enumerate(names):
        row, column = divmod(k, 2)
        left, middle = 8 + column * _SIZE // 2, (row + 0.5) * _ROW
        mark = np.array([left, left + 30.0])
        if k:
            _dashed(pen, mark, np.full(2, middle), *_STYLES[k - 1])
        else:
            pen.rectangle([left, middle - 5, left + 30, middle + 5], _DATA)
        pen.text((left + 36, middle), name, _INK, font, anchor="lm")
    return np.asarray(picture)


def _dashed(pen, x, y, color, dash, period):
    """A line in dashes of so many pixels along it, one each period."""
    lengths = np.hypot(np.diff(x), np.diff(y))
    place = np.concatenate([[0.0], np.cumsum(lengths)])
    for begin in np.arange(0.0, place[-1], period):
        # The corners within, between both ends.
        end = min(begin + dash, place[-1])
        at = [begin, *place[(place > begin) & (place < end)], end]
        points = zip(
            np.interp(at, place, x), np.interp(at, place, y), strict=True
        )
        pen.line([*points], fill=color, width=2)


def _panels(curves, names):
    """uint8 `[16 + side, 4 * side, 1]`, dark where a density is high."""
    side = math.isqrt(curves.shape[1])
    shades = 1 - np.clip(curves / curves[0].max(), 0, 1)
    images = shades.reshape(-1, side, side).transpose(0, 2, 1)[:, ::-1]
    levels = (255 * images).astype(np.uint8)[:, None, None, ..., None]
    panels = [
        titled(panel, [name]) for panel, name in zip(levels, names, strict=True)
    ]
    return np.concatenate(panels, 1)
