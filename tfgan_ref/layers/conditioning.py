"""Conditioning augmentation: of each text not a point, but a Gaussian.

Reference:
    Zhang et al. (2017), StackGAN: Text to Photo-realistic Image Synthesis with
    Stacked Generative Adversarial Networks, section 3.2,
    https://arxiv.org/abs/1612.03242
"""

import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="tfgan_ref")
class ConditioningAugmentation(layers.Layer):
    """mean + exp(log_scale) noise.

    Call arguments:
        law: float `[batch, 2 n]`, the means and then the log_scales.
        noise: float `[batch, n]` from N(0, I).

    Returns of the call:
        float `[batch, n]`.
    """

    def call(self, law, noise):
        """Draws."""
        mean, log_scale = tf.split(law, 2, -1)
        return mean + tf.exp(log_scale) * noise


def divergence(law):
    """KL of N(mean, scale^2) to N(0, I), averaged over the numbers.

    The paper's is a sum; the mean is as released.

    Args:
        law: float `[batch, 2 n]`, the means and then the log_scales.

    Returns:
        float32 `[batch]`.
    """
    mean, log_scale = tf.split(tf.cast(law, tf.float32), 2, -1)
    square = tf.exp(2.0 * log_scale) + tf.square(mean)
    return tf.reduce_mean(0.5 * (square - 1.0) - log_scale, -1)
