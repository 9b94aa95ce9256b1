"""Layers that draw a category, each with a gradient of its own.

In inference all give one category: a row with a single 1, at the greatest of
logits + noise, which is a draw of the softmax of the logits where the noise is
Gumbel's. In training they differ by what the generator learns from.

References:
    Williams (1992), Simple statistical gradient-following algorithms for
    connectionist reinforcement learning, Machine Learning 8
    Foerster et al. (2018), DiCE: The Infinitely Differentiable Monte-Carlo
    Estimator, https://arxiv.org/abs/1802.05098
    Jang, Gu, Poole (2017), Categorical Reparameterization with
    Gumbel-Softmax, https://arxiv.org/abs/1611.01144
    Maddison, Mnih, Teh (2017), The Concrete Distribution,
    https://arxiv.org/abs/1611.00712
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref.errors import UserError


def chosen(scores):
    """Rows float32 `[..., K]` with a single 1 at the greatest score."""
    return tf.one_hot(tf.argmax(scores, -1), scores.shape[-1])


@keras.saving.register_keras_serializable(package="tfgan_ref")
class Draw(layers.Layer):
    """A category, in training as in inference; it passes no gradient.

    Call arguments:
        logits: float `[..., K]`.
        noise: float `[..., K]`, standard Gumbel noise.
        training: bool.

    Returns of the call:
        float32 `[..., K]`.
    """

    def __init__(self, dtype="float32", **kwargs):
        super().__init__(dtype=dtype, **kwargs)

    def call(self, logits, noise, training=False):
        """Draws."""
        logits, noise = (tf.cast(x, tf.float32) for x in (logits, noise))
        if training:
            return self.in_training(logits, noise)
        return chosen(logits + noise)

    def in_training(self, logits, noise):
        """What a call gives in training."""
        return chosen(logits + noise)

    def read(self, row):
        """What of a drawn row those that are drawn after it depend on."""
        return row

    def compute_output_shape(self, logits_shape, noise_shape):
        """That of the logits."""
        return logits_shape


@keras.saving.register_keras_serializable(package="tfgan_ref")
class Scored(Draw):
    """A category whose 1 has the gradient of its log-probability.

    It is exp(log q - log q) with the second one held, the MagicBox of DiCE: for
    costs that are functions of what was drawn, see `losses.discrete`.
    """

    def in_training(self, logits, noise):
        """A single 1, with that gradient."""
        row = chosen(logits + noise)
        log_q = tf.nn.log_softmax(logits)
        log_q = tf.reduce_sum(row * log_q, -1, keepdims=True)
        return row * tf.exp(log_q - tf.stop_gradient(log_q))

    def read(self, row):
        """What was drawn, without the gradient of how probable it was."""
        return tf.stop_gradient(row)


@keras.saving.register_keras_serializable(package="tfgan_ref")
class GumbelSoftmax(Draw):
    """softmax((logits + noise) / temperature), a point between the categories.

    Args:
        temperature: float > 0; the lower, the nearer to a category.

    Raises:
        UserError: the temperature is not positive.
    """

    def __init__(self, temperature=1.0, **kwargs):
        super().__init__(**kwargs)
        if not temperature > 0:
            raise UserError(
                f"`temperature` must be positive. Received: {temperature}"
            )
        self.temperature = temperature

    def in_training(self, logits, noise):
        """Rows of sum 1."""
        return tf.nn.softmax((logits + noise) / self.temperature)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"temperature": self.temperature}


@keras.saving.register_keras_serializable(package="tfgan_ref")
class StraightThrough(GumbelSoftmax):
    """A category that has the gradient of `GumbelSoftmax`."""

    def in_training(self, logits, noise):
        """A single 1, up to rounding."""
        relaxed = super().in_training(logits, noise)
        return relaxed + tf.stop_gradient(chosen(relaxed) - relaxed)


@keras.saving.register_keras_serializable(package="tfgan_ref")
class Nearest(layers.Layer):
    """Points in training; in inference the category nearest to each.

    Category k stands for the point that has 1 at place k and 0 elsewhere, so
    that it is nearest where the point has its greatest number.

    Call arguments:
        points: float `[..., K]`.
        training: bool.

    Returns of the call:
        float32 `[..., K]`.
    """

    def __init__(self, dtype="float32", **kwargs):
        super().__init__(dtype=dtype, **kwargs)

    def call(self, points, training=False):
        """Decodes in inference."""
        return tf.cast(points, tf.float32) if training else chosen(points)

    def compute_output_shape(self, points_shape):
        """That of the points."""
        return points_shape
