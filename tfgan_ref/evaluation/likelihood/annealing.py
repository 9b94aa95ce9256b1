"""Annealed importance sampling (Neal 2001) along a path of distributions."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.likelihood import hmc

_BLOCK = 100  # Moves of one call of the graph, between which one looks.
_LEAST_ACCEPTED = 0.05  # Of the moves of a block.


class Annealed(NamedTuple):
    """What chains came to.

    Attributes:
        log_weights: float64 `[rows]`, in nats.
        z: float32 `[rows, dim]`, where they are in the end.
        acceptance: float, the share of all moves that were accepted.
        step: float, the last step size.
    """

    log_weights: np.ndarray
    z: np.ndarray
    acceptance: float
    step: float


class Chains:
    """Chains on the latents of a decoder, given data.

    Their moves are compiled once, computed in float32, and their weights
    summed in float64. As in the released code the step size follows the moves
    of all chains, as if it were known before: the bounds know nothing of that.

    Args:
        decoder: `Decoder`.
    """

    def __init__(self, decoder):
        self.decoder = decoder
        of_z = tf.TensorSpec([None, decoder.dim], tf.float32)
        of_row = tf.TensorSpec([None], tf.float64)
        of_pace = tf.TensorSpec([], tf.float32)
        self._block = tf.function(
            self._moves,
            autograph=False,
            input_signature=[
                tf.TensorSpec([None, decoder.values], tf.float32),
                (
                    hmc.State(of_z, of_row, of_z),
                    of_row,
                    hmc.Pace(of_pace, of_pace),
                ),
                of_row,
                tf.TensorSpec([2], tf.int64),
                tf.TensorSpec([], tf.int64),
            ],
        )

    def run(self, x, z, powers, seed) -> Annealed:
        """Moves chains from the first distribution to the last.

        At each, the weight changes by what p(z) p(x | z)^power does, and then
        the chain moves.

        Args:
            x: float32 `[rows, values]`.
            z: float32 `[rows, dim]`, drawn from the first distribution.
            powers: float64 `[distributions]`, at least two.
            seed: int `[2]`.

        Returns:
            `Annealed`. The mean of exp(log_weights) is without bias the ratio
            of the last distribution's integral to the first's.

        Raises:
            UserError: the chains diverge.
        """
        x, z = tf.cast(x, tf.float32), tf.cast(z, tf.float32)
        seed = tf.convert_to_tensor(seed, tf.int64)
        state = hmc.State(z, *self.decoder.log_likelihood(x, z))
        weights = tf.zeros(tf.shape(z)[:1], tf.float64)
        carried = state, weights, hmc.first_pace()
        total, last = 0.0, len(powers) - 1
        for first in range(0, last, _BLOCK):
            some = tf.constant(powers[first : first + _BLOCK + 1], tf.float64)
            carried, accepted = self._block(
                x, carried, some, seed, tf.constant(first, tf.int64)
            )
            _check(carried, float(accepted) / (len(some) - 1), some[-1])
            total += float(accepted)
        state, weights, pace = carried
        return Annealed(
            weights.numpy(), state.z.numpy(), total / last, float(pace.step)
        )

    def _moves(self, x, carried, powers, seed, first):
        """The moves to each of the powers but the first.

        Returns:
            State, log weights and pace after them, and the sum of the shares
            of the moves that were accepted.
        """
        log_likelihood = functools.partial(self.decoder.log_likelihood, x)

        def move(k, carried, accepted):
            state, weights, pace = carried
            weights += (powers[k + 1] - powers[k]) * state.value
            state, taken = hmc.propose(
                log_likelihood,
                state,
                powers[k + 1],
                pace.step,
                tf.random.experimental.stateless_fold_in(
                    seed, first + tf.cast(k, tf.int64)
                ),
            )
            share = tf.reduce_mean(tf.cast(taken, tf.float32))
            carried = state, weights, pace.after(share)
            return k + 1, carried, accepted + share

        count = tf.shape(powers)[0] - 1
        _, carried, accepted = tf.while_loop(
            lambda k, *_: k < count,
            move,
            (0, carried, tf.constant(0.0)),
            parallel_iterations=1,
        )
        return carried, accepted


def _check(carried, accepted, power):
    """Raises `UserError` where chains stand still, or nowhere at all."""
    _, weights, pace = carried
    finite = np.isfinite(weights.numpy()).mean()
    if accepted < _LEAST_ACCEPTED or finite < 1.0:
        raise UserError(
            f"The chains diverge at p(x | z)^{float(power):.3g}: chains that "
            "move and finite weights were expected, which a larger variance or "
            f"more distributions may give. Received: {accepted:.1%} of moves "
            f"accepted, with steps of {float(pace.step):.2g}, and "
            f"{finite:.1%} of weights finite"
        )
