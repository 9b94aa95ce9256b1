"""The networks of a policy, of what it expects, and of who judges it."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

_HIDDEN = 2
_LEAST_VARIANCE = 1e-6


def perceptron(name, size, outputs, units=100, *, timed=False):
    """Observations `[batch, size]` -> `[batch, outputs]`, all 0 at first.

    As released for GAIL: two layers of 100 tanh, the last weights 0 and the
    others Glorot's.

    Args:
        name: of the network; its first layer is `standardization`.
        size: int, how many numbers an observation has.
        outputs: int.
        units: int, of each hidden layer.
        timed: bool, whether it is given times `[batch, 1]` besides.
    """
    observations = keras.Input((size,), name="observations")
    inputs = [observations]
    x = Standardization(name="standardization")(observations)
    if timed:
        inputs.append(keras.Input((1,), name="times"))
        x = layers.Concatenate()([x, inputs[1]])
    for _ in range(_HIDDEN):
        x = layers.Dense(units, "tanh")(x)
    x = layers.Dense(outputs, kernel_initializer="zeros", name="last")(x)
    return keras.Model(inputs if timed else observations, x, name=name)


@keras.saving.register_keras_serializable("tfgan_ref")
class Standardization(layers.Layer):
    """(x - mean) / deviation, by all rows that `update` was given.

    Before the first of them it leaves rows as they are.
    """

    def build(self, shape):
        """Makes the statistics."""
        for name, kind in {"mean": "zeros", "square": "ones"}.items():
            weight = self.add_weight(
                shape=shape[-1:], initializer=kind, trainable=False, name=name
            )
            setattr(self, name, weight)
        self.count = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="count"
        )

    def call(self, inputs):
        """Rows float32 `[..., size]`, standardised."""
        return (inputs - self.mean) / self.deviation

    def inverse(self, rows):
        """What `call` gave, as it was."""
        return rows * self.deviation + self.mean

    @property
    def deviation(self):
        """float32 `[size]`."""
        variance = self.square - tf.square(self.mean)
        return tf.sqrt(tf.maximum(variance, _LEAST_VARIANCE))

    def update(self, rows):
        """Adds rows, float `[n, size]`, to the statistics."""
        rows = np.float64(rows)
        count = float(self.count.numpy()) + len(rows)
        share = len(rows) / count
        for kept, new in ((self.mean, rows), (self.square, rows**2)):
            before = kept.numpy()
            kept.assign(before + share * (new.mean(0) - before))
        self.count.assign(count)
