"""Samples over the density that they should have, as a picture."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from tfgan_ref.data.mixture import Mixture

_SIZE = 400  # Pixels of each side.
_MARGIN = 0.15  # Of the modes' extent.
_BINS = 80
_PAPER, _MODE, _SAMPLE = (255, 255, 255), (205, 205, 205), (36, 82, 204)


class Scatter:
    """Draws samples of one or two dimensions, `draw` of `WriteSamples`.

    In two dimensions a grey disc is three standard deviations of a mode, and a
    blue dot a sample; those beyond the edge are left out. In one, the grey
    area is the density and the blue line the histogram of the samples.

    Args:
        density: the data's.
    """

    def __init__(self, density: Mixture):
        self._density = density
        reach = 3.0 * density.scales.max()
        low = density.means.min(0) - reach
        high = density.means.max(0) + reach
        half = (0.5 + _MARGIN) * (high - low).max()
        self._low = (low + high) / 2 - half
        self._scale = _SIZE / (2 * half)

    def __call__(self, samples: np.ndarray) -> np.ndarray:
        """Float `[count, dimensions]` -> uint8 `[400, 400, 3]`."""
        picture = Image.new("RGB", (_SIZE, _SIZE), _PAPER)
        pen = ImageDraw.Draw(picture)
        samples = samples[np.isfinite(samples).all(-1)]
        if samples.shape[1] == 1:
            self._draw_histogram(pen, samples[:, 0])
        else:
            self._draw_points(pen, samples)
        return np.asarray(picture)

    def _draw_points(self, pen, samples):
        for (x, y), scale in zip(
            self._places(self._density.means), self._density.scales, strict=True
        ):
            radius = max(3.0 * scale * self._scale, 3.0)
            pen.ellipse(
                (x - radius, y - radius, x + radius, y + radius), fill=_MODE
            )
        places = self._places(samples)
        places = places[(abs(places) < 2 * _SIZE).all(-1)]
        for x, y in np.rint(places):
            pen.ellipse((x - 1, y - 1, x + 1, y + 1), fill=_SAMPLE)

    def _places(self, points):
        """Pixels from the left and from the top."""
        places = (points - self._low) * self._scale
        places[:, 1] = _SIZE - places[:, 1]
        return places

    def _draw_histogram(self, pen, samples):
        low = float(self._low[0])
        edges = np.linspace(low, low + _SIZE / self._scale, _BINS + 1)
        centres = (edges[:-1] + edges[1:]) / 2
        density = np.exp(self._density.log_prob(centres[:, None]))
        counts, _ = np.histogram(samples, edges)
        found = counts / max(len(samples), 1) / (edges[1] - edges[0])
        height = 0.7 * _SIZE / density.max()
        x = np.linspace(0, _SIZE, _BINS + 1)
        for left, right, value in zip(x, x[1:], density, strict=False):
            pen.rectangle((left, _SIZE - height * value, right, _SIZE), _MODE)
        tops = np.clip(_SIZE - 1 - height * found, 0, _SIZE)
        steps = zip(np.repeat(x, 2)[1:-1], np.repeat(tops, 2), strict=True)
        pen.line(list(steps), fill=_SAMPLE, width=2)
