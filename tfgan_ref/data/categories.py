"""Categories of known probability, drawn anew for every minibatch.

A minibatch is a function of (seed, step), as in data/minibatches.py.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from tfgan_ref.data import minibatches
from tfgan_ref.errors import UserError

NAMES = ("zipf", "geometric", "even")


@dataclasses.dataclass(frozen=True, eq=False)
class Categories:
    """One of K categories.

    Attributes:
        name: as it was asked for.
        probabilities: float64 `[K]`, of sum 1.
        class_names: none.
        count: None, there is no end.
    """

    name: str
    probabilities: np.ndarray
    class_names: tuple[str, ...] = ()
    count: None = None

    @property
    def summary(self) -> str:
        """In a few words."""
        p = self.probabilities
        return f"{len(p)} categories, the rarest of probability {p.min():.3g}"

    @property
    def facts(self) -> dict[str, object]:
        """What a run records of them, JSON values."""
        return {"probabilities": self.probabilities.tolist()}


def load(name: str, categories: int) -> Categories:
    """Categories of a law.

    Args:
        name: `zipf`, as 1 / k; `geometric`, as 1 / 2^k; or `even`.
        categories: int, K.

    Raises:
        UserError: there is no such law, there are fewer than two, or the
            rarest would have no probability.
    """
    if name not in NAMES:
        raise UserError(f"Categories are {', '.join(NAMES)}. Received: {name}")
    if categories < 2:
        raise UserError(
            f"Two categories were expected at least. Received: {categories}"
        )
    k = np.arange(1, categories + 1, dtype=np.float64)
    weights = {"zipf": 1 / k, "geometric": 2.0**-k, "even": k**0}[name]
    if weights[-1] < np.finfo(np.float32).tiny:
        raise UserError(
            f"{name}: the rarest category is below float32's smallest number. "
            f"Received: {categories} categories"
        )
    return Categories(name, weights / weights.sum())


def stream(
    data: Categories,
    batch_size: int,
    *,
    seed: int,
    first: int = 0,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Args:
        data: the categories.
        batch_size: rows per minibatch over all replicas.
        seed: of the draws.
        first: index of the first minibatch.
        input_context: as for `minibatches.stream`.

    Returns:
        `tf.data.Dataset` of one-hot float32 `[batch, K]`.

    Raises:
        UserError: as of `minibatches.stream`.
    """
    logits = np.log(data.probabilities).astype(np.float32)

    def draw(seeds):
        drawn = tf.random.stateless_categorical(logits[None], batch_size, seeds)
        return tf.one_hot(drawn[0], len(logits))

    return minibatches.drawn_anew(draw, batch_size, seed, first, input_context)
