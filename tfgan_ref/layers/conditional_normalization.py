"""Conditional batch normalisation: gain and bias are of the example's class.

References:
    Dumoulin, Shlens, Kudlur (2017), A Learned Representation for Artistic
    Style, https://arxiv.org/abs/1610.07629
    Miyato, Koyama (2018), cGANs with Projection Discriminator,
    https://arxiv.org/abs/1802.05637
"""

import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="tfgan_ref")
class ConditionalBatchNormalization(layers.Layer):
    """gain[c] (x - mean) / sqrt(variance + epsilon) + bias[c].

    The statistics are those of all classes together, per channel, over the
    global batch of all replicas; gains begin at 1 and biases at 0, as released
    (Miyato and Koyama). All of it is float32 where layers are in bfloat16, too.

    Args:
        momentum: float in [0, 1), of the moving statistics, for inference.
        epsilon: float > 0, added to the variance.

    Call arguments:
        inputs: float `[batch, ..., channels]`.
        rows: float `[batch, classes]`, a single 1 in each row.
        training: bool, whether to take the batch's statistics.

    Returns of the call:
        float `[batch, ..., channels]`.
    """

    def __init__(self, momentum=0.9, epsilon=2e-5, **kwargs):
        super().__init__(**kwargs)
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        self.momentum = momentum
        self.epsilon = epsilon
        self.normalization = layers.BatchNormalization(
            momentum=momentum,
            epsilon=epsilon,
            center=False,
            scale=False,
            synchronized=replicas > 1,
            dtype="float32",
        )

    def build(self, inputs_shape, rows_shape):
        """Makes a gain and a bias of each class and channel."""
        self.normalization.build(inputs_shape)
        shape = rows_shape[-1], inputs_shape[-1]
        # In float32 also where the layer computes in bfloat16.
        self.gain = self.add_weight(
            shape=shape, initializer="ones", autocast=False, name="gain"
        )
        self.bias = self.add_weight(
            shape=shape, initializer="zeros", autocast=False, name="bias"
        )

    def call(self, inputs, rows, training=None):
        """Normalises by the batch, then scales and shifts by the class."""
        x = self.normalization(inputs, training=training)
        places = [1] * (x.shape.rank - 2)
        # Dense, where rows that are looked up have sparse gradients.
        gain, bias = (
            tf.reshape(
                tf.matmul(tf.cast(rows, x.dtype), table),
                [-1, *places, x.shape[-1]],
            )
            for table in (self.gain, self.bias)
        )
        return tf.cast(gain * x + bias, inputs.dtype)

    def compute_output_shape(self, inputs_shape, rows_shape):
        """That of the inputs."""
        return inputs_shape

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }
