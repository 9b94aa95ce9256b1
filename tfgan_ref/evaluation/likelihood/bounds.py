"""Bounds of log p(x): from the prior to the posterior, and back again.

By Jensen's inequality the logarithm of an estimate without bias is too small in
the mean: chains from the prior estimate p(x), and bound log p(x) from below;
chains back from an exact sample of the posterior estimate 1 / p(x), and bound
it from above. Such a sample is known of data that the model itself has drawn,
so that the gap of the two tells how good chains of that length are.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf
from scipy import special

from tfgan_ref.evaluation.scores import Score

CHAINS = 16  # Of each image, from the prior.
_ROWS = 2048  # Chains at a time, of a step size of their own.


@dataclasses.dataclass(frozen=True, eq=False)
class Bound:
    """Of the log-likelihood of some data.

    Attributes:
        values: float64 `[count]`, in nats.
        acceptance: float, the share of moves that were accepted.
        step: float, the last step size.
    """

    values: np.ndarray
    acceptance: float
    step: float


def lower(chains, x, powers, seed, repeats: int = CHAINS) -> Bound:
    """The lower bound, by chains from the prior.

    Args:
        chains: `Chains` of the decoder.
        x: float32 `[count, values]`.
        powers: float64 `[distributions]` from 0 to 1.
        seed: int `[2]`.
        repeats: int >= 1, chains of each.

    Raises:
        UserError: the chains diverge.
    """

    def run(part, seed):
        rows = np.repeat(x[part], repeats, 0)
        of_z, of_moves = tf.unstack(
            tf.random.experimental.stateless_split(seed, 2)
        )
        shape = [len(rows), chains.decoder.dim]
        z = tf.random.stateless_normal(shape, of_z)
        return chains.run(rows, z, powers, of_moves)

    def estimate(log_weights):
        logs = log_weights.reshape(-1, repeats)
        return special.logsumexp(logs, 1) - np.log(repeats)

    return _bound(run, estimate, len(x), repeats, seed)


def upper(chains, x, z, powers, seed) -> Bound:
    """The upper bound, by one chain each from an exact sample to the prior.

    Args:
        chains: `Chains` of the decoder.
        x: float32 `[count, values]`, drawn by it of `z`.
        z: float32 `[count, dim]`.
        powers: float64 `[distributions]` from 0 to 1.
        seed: int `[2]`.

    Raises:
        UserError: the chains diverge.
    """

    def run(part, seed):
        return chains.run(x[part], z[part], powers[::-1], seed)

    return _bound(run, np.negative, len(x), 1, seed)


def mean(values) -> Score:
    """The mean, with its standard error where there are several.

    Args:
        values: float64 `[count]`.
    """
    count, value = len(values), float(np.mean(values))
    if count == 1:
        return Score(value)
    return Score(value, float(np.std(values, ddof=1) / np.sqrt(count)))


def _bound(run, estimate, count, repeats, seed):
    """The bound of so many data, some at a time."""
    size = max(_ROWS // repeats, 1)
    seed = tf.convert_to_tensor(seed, tf.int64)
    found = [
        run(
            slice(first, first + size),
            tf.random.experimental.stateless_fold_in(
                seed, tf.constant(first, tf.int64)
            ),
        )
        for first in range(0, count, size)
    ]
    return Bound(
        np.concatenate([estimate(one.log_weights) for one in found]),
        float(np.mean([one.acceptance for one in found])),
        found[-1].step,
    )
