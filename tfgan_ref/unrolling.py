"""Steps of Adam as a differentiable function (Metz et al. 2017).

Reference:
    Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled Generative Adversarial
    Networks, section 2.3, https://arxiv.org/abs/1611.02163
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import tensorflow as tf

# Below this the root is taken to be constant: its slope at 0 is infinite, and
# times a gradient of 0 it would be no number.
_SMALLEST_SECOND_MOMENT = 1e-30


@dataclasses.dataclass(frozen=True)
class AdamState:
    """What Adam knows before a step.

    Attributes:
        moments: float tensors of the parameters' shapes, means of gradients.
        velocities: the same, means of their squares.
        iterations: int scalar, how many steps were made.
        learning_rate: float scalar.
        beta_1: float in [0, 1).
        beta_2: float in [0, 1).
        epsilon: float, outside of the root.
    """

    moments: Sequence[tf.Tensor]
    velocities: Sequence[tf.Tensor]
    iterations: tf.Tensor
    learning_rate: tf.Tensor
    beta_1: float
    beta_2: float
    epsilon: float


def state_of(optimizer) -> AdamState:
    """The state of a built `keras.optimizers.Adam`."""
    return AdamState(
        moments=[variable.value for variable in optimizer._momentums],
        velocities=[variable.value for variable in optimizer._velocities],
        iterations=optimizer.iterations.value,
        learning_rate=tf.convert_to_tensor(optimizer.learning_rate),
        beta_1=optimizer.beta_1,
        beta_2=optimizer.beta_2,
        epsilon=optimizer.epsilon,
    )


def adam_step(parameters, gradients, state: AdamState):
    """One step of Adam, through which gradients flow.

    As Keras computes it (Kingma and Ba 2015, the form at the end of section 2).

    Args:
        parameters: float tensors.
        gradients: of their shapes.
        state: before the step.

    Returns:
        The parameters and the state after it.
    """
    count = state.iterations + 1
    moments, velocities, moved = [], [], []
    for parameter, gradient, m, v in zip(
        parameters, gradients, state.moments, state.velocities, strict=True
    ):
        dtype = parameter.dtype
        time = tf.cast(count, dtype)
        beta_1 = tf.constant(state.beta_1, dtype)
        beta_2 = tf.constant(state.beta_2, dtype)
        m = beta_1 * m + (1.0 - beta_1) * gradient
        v = beta_2 * v + (1.0 - beta_2) * tf.square(gradient)
        rate = tf.cast(state.learning_rate, dtype)
        rate *= tf.sqrt(1.0 - beta_2**time) / (1.0 - beta_1**time)
        root = tf.sqrt(tf.maximum(v, _SMALLEST_SECOND_MOMENT))
        moved.append(parameter - rate * m / (root + state.epsilon))
        moments.append(m)
        velocities.append(v)
    return moved, dataclasses.replace(
        state, moments=moments, velocities=velocities, iterations=count
    )


def unroll(
    cost: Callable,
    parameters: Sequence[tf.Tensor],
    state: AdamState,
    steps: int,
    over_replicas: Callable = lambda gradients: gradients,
):
    """theta^0 ... theta^K, eq. (7) with Adam for gradient descent.

    Args:
        cost: function of the parameters -> scalar, the player's own cost.
        parameters: theta^0, float tensors.
        state: of Adam.
        steps: int >= 0, K.
        over_replicas: function of gradients -> gradients, their mean over the
            replicas of `tf.distribute`.

    Returns:
        theta^K, and the gradients at theta^0 on this replica, [] if K = 0.
    """
    first: list[tf.Tensor] = []
    for step in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(parameters)
            value = cost(parameters)
        gradients = tape.gradient(value, parameters)
        if step == 0:
            first = gradients
        parameters, state = adam_step(
            parameters, over_replicas(gradients), state
        )
    return parameters, first
