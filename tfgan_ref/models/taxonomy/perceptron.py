"""The multilayer perceptrons of the taxonomy's models."""

from __future__ import annotations

import keras
from keras import layers

UNITS = 128  # Of each hidden layer.


def perceptron(
    inputs, outputs, units=UNITS, *, hidden=2, last=None, zero=False
):
    """`[batch, inputs]` -> `[batch, outputs]`.

    Args:
        inputs: int.
        outputs: int.
        units: int, of each hidden layer, of ReLUs.
        hidden: int, how many hidden layers.
        last: activation of the last layer; None: it is linear.
        zero: bool, begin with outputs of 0.
    """
    x = given = keras.Input((inputs,))
    x = stacked(x, units, hidden)
    begin = "zeros" if zero else "glorot_uniform"
    x = layers.Dense(outputs, last, kernel_initializer=begin)(x)
    return keras.Model(given, x)


def stacked(x, units=UNITS, hidden=2):
    """The hidden layers."""
    for _ in range(hidden):
        x = layers.Dense(units, "relu")(x)
    return x
