"""The latents that fulfil a constraint, by gradient steps."""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.editing.constraint import Constraint
from tfgan_ref.editing.latent_space import LatentSpace
from tfgan_ref.errors import UserError

_ROWS = 64  # Images at a time.


class Found(NamedTuple):
    """Latents, those of the least cost first.

    Attributes:
        latents: float32 `[starts, dim]`.
        costs: float32 `[starts]`.
        starts: float32 `[starts, dim]`, where each of them began.
    """

    latents: np.ndarray
    costs: np.ndarray
    starts: np.ndarray


def nearest(
    space: LatentSpace, constraint: Constraint, latents: np.ndarray, count: int
) -> np.ndarray:
    """Those latents whose images fulfil a constraint best, to begin with.

    From latents drawn at random a search for a whole picture ends in blurs.

    Args:
        space: of the latents.
        constraint: of the images.
        latents: float32 `[draws, dim]`.
        count: int >= 1, how many are wanted.

    Returns:
        float32 `[count, dim]`, the best first; fewer of fewer draws.
    """
    costs = [
        constraint.cost(space.generate(tf.constant(latents[k : k + _ROWS])))
        for k in range(0, len(latents), _ROWS)
    ]
    order = np.argsort(np.concatenate(costs), kind="stable")
    return latents[order[:count]]


def solve(
    space: LatentSpace,
    constraint: Constraint,
    starts: np.ndarray,
    *,
    origin: np.ndarray | None = None,
    closeness: float = 0.0,
    prior_weight: float = 0.0,
    steps: int = 300,
    rate: float = 0.05,
) -> Found:
    """Minimises a cost of z, n numbers, from each start by itself.

        cost(G(z)) + closeness |z - origin|^2 / n - prior_weight log p(z) / n

    The first two terms are iGAN's: an edit is near what it began with. The
    last keeps images natural; in Yeh et al. (2016) that is the discriminator,
    of which an export has none.

    Adam's rate falls to 0 along half a cosine; after each step latents are
    moved into the prior's support.

    Args:
        space: generator and prior.
        constraint: of the images.
        starts: float32 `[starts, dim]`.
        origin: float32 `[dim]`; None: there is none.
        closeness: float >= 0, of the squared distance to the origin.
        prior_weight: float >= 0, of `LatentSpace.unlikeliness`.
        steps: int >= 0.
        rate: float > 0, Adam's learning rate in the beginning.

    Raises:
        UserError: the search ends in what is no number.
    """
    z = tf.Variable(starts, dtype=tf.float32)
    schedule = keras.optimizers.schedules.CosineDecay(rate, max(steps, 1))
    adam = keras.optimizers.Adam(schedule)
    adam.build([z])

    def costs(latents):
        total = constraint.cost(space.generate(latents))
        if origin is not None:
            distances = tf.square(latents - origin)
            total += closeness * tf.reduce_mean(distances, -1)
        return total + prior_weight * space.unlikeliness(latents)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            # The sum: the starts do not see one another.
            cost = tf.reduce_sum(costs(z.read_value()))
        adam.apply([tape.gradient(cost, z)], [z])
        z.assign(space.within(z))

    try:
        for _ in range(steps):
            step()
        found = costs(z.read_value()).numpy()
    except tf.errors.InvalidArgumentError:  # An export checks its inputs.
        found = np.array(np.nan)
    if not np.isfinite(found).all():
        raise UserError(
            "A smaller `rate` was expected: the search ended in what is no "
            f"number. Received: rate={rate:g}"
        )
    order = np.argsort(found, kind="stable")
    return Found(z.numpy()[order], found[order], np.asarray(starts)[order])
