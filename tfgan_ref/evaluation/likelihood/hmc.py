"""Hamiltonian Monte Carlo on p(z) p(x | z)^power, many chains at once.

As Wu et al. have it: 10 leapfrog steps, mass 1, and one step size for all
chains, which follows the share of moves that are accepted.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

LEAPFROG_STEPS = 10
TARGET = 0.65  # Of the share of moves that are accepted.
_FIRST_STEP = 0.01
_LEAST, _MOST = 1e-4, 0.5  # Of the step size.
_FASTER, _SLOWER = 1.02, 0.98
_KEPT = 0.9  # Of the moving average, at each move.


class State(NamedTuple):
    """Where chains are.

    Attributes:
        z: float32 `[rows, dim]`.
        value: float64 `[rows]`, log p(x | z).
        slope: float32 `[rows, dim]`, its gradient.
    """

    z: tf.Tensor
    value: tf.Tensor
    slope: tf.Tensor


class Pace(NamedTuple):
    """How far chains go.

    Attributes:
        step: float32 scalar, the step size.
        accepted: float32 scalar, moving average of the share of moves that
            were accepted.
    """

    step: tf.Tensor
    accepted: tf.Tensor

    def after(self, share):
        """The pace after a move of which that share was accepted."""
        factor = tf.where(self.accepted > TARGET, _FASTER, _SLOWER)
        step = tf.clip_by_value(factor * self.step, _LEAST, _MOST)
        return Pace(step, _KEPT * self.accepted + (1.0 - _KEPT) * share)


def first_pace():
    """The pace before the first move."""
    return Pace(tf.constant(_FIRST_STEP), tf.constant(TARGET))


def propose(log_likelihood, state, power, step, seed):
    """One move of each chain, which leaves p(z) p(x | z)^power as it is.

    Args:
        log_likelihood: function of z, as `Decoder.log_likelihood` of some x.
        state: `State`.
        power: float64 scalar.
        step: float32 scalar, the step size.
        seed: int `[2]`.

    Returns:
        The new state, and which moves were accepted, bool `[rows]`.
    """
    of_momentum, of_choice = tf.unstack(
        tf.random.experimental.stateless_split(seed, 2)
    )
    momentum = tf.random.stateless_normal(tf.shape(state.z), of_momentum)
    momentum = tf.ensure_shape(momentum, state.z.shape)
    end, final = leapfrog(log_likelihood, state, momentum, power, step)
    gain = log_density(state, momentum, power)
    gain = log_density(end, final, power) - gain
    chance = tf.random.stateless_uniform(
        tf.shape(gain), of_choice, dtype=tf.float64
    )
    accepted = tf.math.log(chance) < gain  # Not where it is NaN.
    chosen = tf.nest.map_structure(
        lambda new, old: _where(accepted, new, old), end, state
    )
    return chosen, accepted


def leapfrog(
    log_likelihood, state, momentum, power, step, count=LEAPFROG_STEPS
):
    """Steps along a trajectory of constant energy; reversible.

    Args:
        log_likelihood: as for `propose`, and so are the others.
        state: `State`.
        momentum: float32 `[rows, dim]`.
        power: float64 scalar.
        step: float32 scalar.
        count: int, of steps.

    Returns:
        The state and the momentum at its end.
    """
    share = tf.cast(power, tf.float32)

    def half(state, momentum):
        return momentum + 0.5 * step * (share * state.slope - state.z)

    def body(state, momentum):
        momentum = half(state, momentum)
        z = state.z + step * momentum
        state = State(z, *log_likelihood(z))
        return state, half(state, momentum)

    return tf.while_loop(
        lambda *_: True, body, (state, momentum), maximum_iterations=count
    )


def log_density(state, momentum, power):
    """log p(z) + power log p(x | z) + log p(momentum) and a constant.

    Returns:
        float64 `[rows]`.
    """
    squares = tf.square(tf.cast(state.z, tf.float64))
    squares += tf.square(tf.cast(momentum, tf.float64))
    return power * state.value - 0.5 * tf.reduce_sum(squares, 1)


def _where(accepted, new, old):
    shape = [-1, *[1] * (new.shape.rank - 1)]
    return tf.where(tf.reshape(accepted, shape), new, old)
