"""Maxout (Goodfellow et al. 2013).

Reference:
    Goodfellow, Warde-Farley, Mirza, Courville, Bengio (2013), Maxout Networks,
    https://arxiv.org/abs/1302.4389
"""

import keras
import tensorflow as tf

from tfgan_ref import checks


@keras.saving.register_keras_serializable(package="tfgan_ref")
class Maxout(keras.layers.Layer):
    """The greatest of some affine functions, of each unit (section 2).

    Args:
        units: int >= 1, m.
        pieces: int >= 1, k affine functions per unit.
        kernel_initializer: of the weights.

    Call arguments:
        inputs: float `[batch, ..., features]`.

    Returns of the call:
        float `[batch, ..., units]`.

    Raises:
        UserError: a number is not positive.
    """

    def __init__(
        self, units, pieces=5, kernel_initializer="glorot_uniform", **kwargs
    ):
        super().__init__(**kwargs)
        checks.positive(units=units, pieces=pieces)
        self.units = units
        self.pieces = pieces
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        """Makes the weights and the biases."""
        width = self.units * self.pieces
        self.kernel = self.add_weight(
            shape=(input_shape[-1], width),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(width,), initializer="zeros", name="bias"
        )

    def call(self, inputs):
        """Returns the greatest of the pieces."""
        # Sizes that are known stay numbers.
        *leading, features = keras.ops.shape(inputs)
        rows = tf.reshape(inputs, [-1, features])
        # With the rows last: of a few numbers next to one another the greatest
        # takes long to find, and longer to differentiate.
        affine = tf.matmul(
            self.kernel, rows, transpose_a=True, transpose_b=True
        )
        affine += tf.expand_dims(self.bias, 1)
        pieces = tf.reshape(affine, [self.units, self.pieces, -1])
        greatest = tf.transpose(tf.reduce_max(pieces, 1))
        return tf.reshape(greatest, [*leading, self.units])

    def compute_output_shape(self, input_shape):
        """`[batch, ..., units]`."""
        return *input_shape[:-1], self.units

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "units": self.units,
            "pieces": self.pieces,
            "kernel_initializer": keras.initializers.serialize(
                self.kernel_initializer
            ),
        }
