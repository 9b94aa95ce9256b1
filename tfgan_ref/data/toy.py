"""Toy data of known density: two Gaussians, a ring, a grid.

A minibatch is a function of (seed, step), as in data/minibatches.py.

References:
    Goodfellow (2016), NIPS 2016 Tutorial: Generative Adversarial Networks,
    https://arxiv.org/abs/1701.00160
    Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled Generative Adversarial
    Networks, https://arxiv.org/abs/1611.02163
    Lin, Khetan, Fanti, Oh (2018), PacGAN: The power of two samples in
    generative adversarial networks, https://arxiv.org/abs/1712.04086
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import tensorflow as tf
from absl import logging
from sklearn import metrics

from tfgan_ref.data import minibatches, mixture
from tfgan_ref.data.mixture import Mixture
from tfgan_ref.errors import UserError

# Within so many standard deviations a sample belongs to a mode.
MODE_RADIUS = 3.0


@dataclasses.dataclass(frozen=True, eq=False)
class Points:
    """Points of a known density, drawn anew for every minibatch.

    Attributes:
        name: as it was asked for.
        density: `Mixture`.
        class_names: none.
        count: None, there is no end.
    """

    name: str
    density: Mixture
    class_names: tuple[str, ...] = ()
    count: None = None

    @property
    def summary(self) -> str:
        """In a few words."""
        modes, dimensions = self.density.means.shape
        return f"{modes} Gaussians in {dimensions} dimensions"

    @property
    def facts(self) -> dict[str, object]:
        """What a run records of them, JSON values."""
        return {
            "means": self.density.means.tolist(),
            "scales": self.density.scales.tolist(),
            "weights": self.density.weights.tolist(),
        }


def load(name: str) -> Points:
    """The points of that name; raises `UserError` if it is none of `NAMES`."""
    if name not in _MAKERS:
        raise UserError(
            f"Toy data are one of {', '.join(NAMES)}. Received: {name}"
        )
    return Points(name, _MAKERS[name]())


def gaussian() -> Mixture:
    """One mode at 4 with deviation 0.5, far from where a generator begins."""
    return mixture.make([4.0], 0.5)


def unequal_gaussians() -> Mixture:
    """Three modes on a line, of unlike width and weight."""
    return mixture.make([-3.0, 0.0, 2.5], [0.4, 0.2, 0.6], [2.0, 5.0, 3.0])


def two_gaussians() -> Mixture:
    """The data of the tutorial's figure 14: modes at +-2, deviation 0.5."""
    return mixture.make([-2.0, 2.0], 0.5)


def ring(modes: int = 8, radius: float = 1.0, scale: float = 0.01) -> Mixture:
    """Gaussians at equal angles on a circle, the first at angle 0.

    The default is the ring of PacGAN and of unrolled GAN's released notebook,
    with 8 distinct modes: the notebook's first and last coincide, see
    `unrolled_notebook_ring`. The paper on unrolled GAN (appendix A) gives
    radius 2 and scale 0.02, see `unrolled_paper_ring`.

    Args:
        modes: int >= 1, how many.
        radius: float > 0.
        scale: float > 0, the standard deviation of each.

    Raises:
        UserError: a number is out of range.
    """
    if modes < 1 or not radius > 0:
        raise UserError(
            "A ring of one mode at least and of a positive radius was "
            f"expected. Received: {modes} modes, radius {radius}"
        )
    angles = 2.0 * np.pi * np.arange(modes) / modes
    means = radius * np.stack([np.cos(angles), np.sin(angles)], -1)
    return _to_be_counted(mixture.make(means, scale))


def unrolled_paper_ring() -> Mixture:
    """The ring of Metz et al. (2017), appendix A: radius 2, deviation 0.02."""
    return ring(radius=2.0, scale=0.02)


def unrolled_notebook_ring() -> Mixture:
    """The ring of unrolled GAN's released notebook: seven modes.

    Its eight angles include both 0 and 2 pi, so that the mode at (0, 1) counts
    twice: here it is one mode of twice the weight. Radius 1, deviation 0.01.
    """
    angles = 2.0 * np.pi * np.arange(7) / 7
    means = np.stack([np.sin(angles), np.cos(angles)], -1)
    return _to_be_counted(mixture.make(means, 0.01, [2.0] + [1.0] * 6))


def grid(side: int = 5, spacing: float = 2.0, scale: float = 0.05) -> Mixture:
    """Gaussians on a square grid about the origin.

    The default is the grid of PacGAN, {-4, -2, 0, 2, 4}^2.

    Args:
        side: int >= 1, modes per side.
        spacing: float > 0, distance of two neighbours.
        scale: float > 0, the standard deviation of each.

    Raises:
        UserError: a number is out of range.
    """
    if side < 1 or not spacing > 0:
        raise UserError(
            "A grid of one mode at least and of a positive spacing was "
            f"expected. Received: side {side}, spacing {spacing}"
        )
    line = spacing * (np.arange(side) - (side - 1) / 2)
    means = list(itertools.product(line, line))
    return _to_be_counted(mixture.make(means, scale))


_MAKERS = {
    "ring": ring,
    "unrolled_paper_ring": unrolled_paper_ring,
    "unrolled_notebook_ring": unrolled_notebook_ring,
    "grid": grid,
    "two_gaussians": two_gaussians,
    "gaussian": gaussian,
    "unequal_gaussians": unequal_gaussians,
}
NAMES = tuple(_MAKERS)


def stream(
    data: Points,
    batch_size: int,
    *,
    seed: int,
    first: int = 0,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Args:
        data: the points.
        batch_size: points per minibatch over all replicas.
        seed: of the draws.
        first: index of the first minibatch.
        input_context: as for `minibatches.stream`.

    Returns:
        `tf.data.Dataset` of float32 `[batch, dimensions]`; `batch` is a
        replica's share of `batch_size`.

    Raises:
        UserError: `batch_size` is not positive or cannot be divided by the
            number of replicas.
    """

    def draw(seeds):
        return data.density.sample(batch_size, seeds)

    return minibatches.drawn_anew(draw, batch_size, seed, first, input_context)


def _to_be_counted(data: Mixture) -> Mixture:
    """Warns where a point can belong to two modes."""
    distances = metrics.pairwise_distances(data.means)
    reach = MODE_RADIUS * np.add.outer(data.scales, data.scales)
    np.fill_diagonal(distances, np.inf)
    overlaps = int(np.triu(distances < reach).sum())
    if overlaps:
        logging.warning(
            "%d pairs of modes overlap, being less than %g standard "
            "deviations apart: the count of modes means nothing",
            overlaps,
            2 * MODE_RADIUS,
        )
    return data
