"""A step of trust region policy optimisation (TRPO).

Reference:
    Schulman, Levine, Moritz, Jordan, Abbeel (2015), Trust Region Policy
    Optimization, https://arxiv.org/abs/1502.05477
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

_ITERATIONS = 10  # Of conjugate gradients, and of the line search.
_SHARE = 0.1  # Of the rows, for products with the curvature.
_ACCEPTED = 0.1  # Of what a straight line would gain.
_LEAST_SLOPE = 1e-6
_TINY = 1e-30


class NaturalStep:
    """Lowers a cost as far as the divergence from before allows.

    The direction solves (H + damping) d = -gradient, where H is the Hessian of
    the divergence, by ten conjugate gradients on a tenth of the rows; its
    length is such that d'Hd / 2 is the bound. Then it is halved until the cost
    falls by a tenth of what its slope promises and the divergence is at most
    twice the bound, as released for GAIL. Deviation: a step that is not taken
    after ten halvings is none, where the released code takes the last.

    Args:
        variables: that move, of Keras.
        measure: function of rows -> cost and divergence, scalars.
        bound: float > 0, of the divergence.
        damping: float >= 0.
    """

    def __init__(
        self,
        variables: Sequence,
        measure: Callable,
        bound: float = 0.01,
        damping: float = 0.1,
    ):
        self._variables = variables
        self._bound = bound
        self._damping = damping
        self._measure = measure
        self._compiled: tuple[Callable, Callable] | None = None

    def __call__(self, rows, rng: np.random.Generator) -> dict[str, float]:
        """Takes one step.

        Args:
            rows: tuple of tensors `[n, ...]`, of `measure`.
            rng: of the tenth of the rows.

        Returns:
            dict: `cost` and `divergence` afterwards, `halvings`.
        """
        self._compiled = self._compiled or self._compile(rows)
        plan, measure = self._compiled
        count = len(rows[0])
        some = rng.integers(count, size=max(1, int(_SHARE * count)))
        cost, slope, step = plan(rows, tuple(tf.gather(x, some) for x in rows))
        start = flat(self._variables)
        for halvings in range(_ITERATIONS):
            share = 0.5**halvings
            assign(self._variables, start + share * step)
            after, divergence = map(float, measure(*rows))
            gained = after - float(cost)
            if (
                divergence <= 2 * self._bound
                and gained <= _ACCEPTED * share * float(slope)
            ):
                break
        else:
            assign(self._variables, start)
            after, divergence, halvings = float(cost), 0.0, _ITERATIONS
        return {"cost": after, "divergence": divergence, "halvings": halvings}

    def _compile(self, rows):
        """Both functions of any number of such rows."""
        specs = tuple(
            tf.TensorSpec([None, *x.shape[1:]], x.dtype) for x in rows
        )
        return (
            tf.function(self._planned, input_signature=[specs, specs]),
            tf.function(self._measure, input_signature=specs),
        )

    def _planned(self, rows, some):
        """The cost, how steep it falls along the step, and the step."""
        with tf.GradientTape() as tape:
            cost, _ = self._measure(*rows)
        gradient = flat(tape.gradient(cost, self._variables, **_ZEROS))

        def product(vector):
            with tf.GradientTape() as outer:
                with tf.GradientTape() as inner:
                    _, divergence = self._measure(*some)
                slope = flat(
                    inner.gradient(divergence, self._variables, **_ZEROS)
                )
                along = tf.tensordot(slope, tf.stop_gradient(vector), 1)
            bent = outer.gradient(along, self._variables, **_ZEROS)
            return flat(bent) + self._damping * vector

        direction = conjugate_gradients(product, -gradient, _ITERATIONS)
        curvature = tf.tensordot(direction, product(direction), 1)
        step = direction / tf.sqrt(0.5 * curvature / self._bound + 1e-8)
        # Where there is no slope there is no step.
        step *= tf.cast(tf.reduce_max(abs(gradient)) > _LEAST_SLOPE, step.dtype)
        return cost, tf.tensordot(gradient, step, 1), step


_ZEROS = {"unconnected_gradients": tf.UnconnectedGradients.ZERO}


def conjugate_gradients(product: Callable, right, iterations: int):
    """About the solution of A x = right, from x = 0.

    Args:
        product: function of a vector -> A times it; A symmetric and positive.
        right: float `[n]`.
        iterations: int >= 1; n of them would be exact.

    Returns:
        `[n]` of the same dtype.
    """

    def improved(k, x, residual, direction):
        before = tf.tensordot(residual, residual, 1)
        along = product(direction)
        share = before / tf.maximum(tf.tensordot(direction, along, 1), _TINY)
        x += share * direction
        residual -= share * along
        now = tf.tensordot(residual, residual, 1)
        direction = residual + now / tf.maximum(before, _TINY) * direction
        return k + 1, x, residual, direction

    # A graph has it once.
    return tf.while_loop(
        lambda k, *_: k < iterations,
        improved,
        [tf.constant(0), tf.zeros_like(right), right, right],
    )[1]


def flat(tensors):
    """One vector of tensors or variables."""
    return tf.concat([tf.reshape(x, [-1]) for x in tensors], 0)


def assign(variables, vector) -> None:
    """Sets variables to what `flat` of them would give back."""
    sizes = [int(np.prod(variable.shape)) for variable in variables]
    for variable, part in zip(variables, tf.split(vector, sizes), strict=True):
        variable.assign(tf.reshape(part, variable.shape))
