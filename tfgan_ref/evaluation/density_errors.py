"""How far estimated densities are from the data's, on a grid."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw
from scipy import special

from tfgan_ref.data.mixture import Mixture
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.models.noise_contrastive import ESTIMATORS

_SIZE = 400  # Pixels of each side.
_PAPER, _DATA = (255, 255, 255), (205, 205, 205)
_COLORS = ((59, 110, 165), (176, 112, 42), (176, 48, 48))


class DensityErrors:
    """The errors of a `ContrastiveGAN`'s densities, as a run's evaluation.

    Scalars, each of every estimator:
    `eval/kl/...`: KL(data || model) in nats, of the model normalised;
    `eval/log_z_error/...`: the logarithm of the model's integral, which is 0
    where the normaliser is learned.

    The picture `densities` has on a line the data's density in grey and a
    curve of each estimator: blue noise contrast, brown self-contrast, red
    likelihood. In the plane it has all four side by side.

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
        return Evaluation(scalars, {"densities": draw(np.array(curves))})


def _lines(curves):
    """uint8 `[400, 400, 3]` of float `[1 + estimators, cells]`."""
    picture = Image.new("RGB", (_SIZE, _SIZE), _PAPER)
    pen = ImageDraw.Draw(picture)
    x = np.linspace(0, _SIZE, curves.shape[1])
    y = _SIZE - 1 - 0.8 * _SIZE * curves / curves[0].max()
    data, *models = np.clip(y, 0, _SIZE)
    outline = list(zip(x, data, strict=True))
    pen.polygon([(0, _SIZE), *outline, (_SIZE, _SIZE)], fill=_DATA)
    for model, color in zip(models, _COLORS, strict=True):
        pen.line(list(zip(x, model, strict=True)), fill=color, width=2)
    return np.asarray(picture)


def _panels(curves):
    """uint8 `[side, 4 * side, 1]`, dark where a density is high."""
    side = math.isqrt(curves.shape[1])
    shades = 1 - np.clip(curves / curves[0].max(), 0, 1)
    images = shades.reshape(-1, side, side).transpose(0, 2, 1)[:, ::-1]
    return (255 * np.concatenate(list(images), 1)).astype(np.uint8)[..., None]
