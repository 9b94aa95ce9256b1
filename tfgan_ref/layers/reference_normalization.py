"""Reference and virtual batch normalisation (Salimans et al. 2016).

Batch normalisation makes an example's output depend on the other examples of
its minibatch (Goodfellow 2016, section 4.3, figure 21). Here it depends on a
reference batch instead (section 3.5), which is chosen once. That batch goes
through the network in front of the live one, so that every other layer works
on the joint batch in one call:

    x = PrependReference((64, 100))(latents)
    x = VirtualBatchNormalization(64)(layers.Dense(256)(x))
    x = RemoveReference(64)(x)

The statistics are those of the current weights, at every pass, in training and
in inference mode alike: there are no moving averages. The gradient flows
through them.

Under `tf.distribute` each replica computes the same statistics from its copy
of the reference batch, without communication; N replicas equal one.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref.errors import UserError

_registered = keras.saving.register_keras_serializable(package="tfgan_ref")


@_registered
class PrependReference(layers.Layer):
    """Puts the reference batch in front of the live one.

    Args:
        shape: `(reference_size, ...)`, of the reference batch; what follows
            its size, at least 2, is the shape of one input.

    Attributes:
        reference: float variable of that shape, untrainable, zeros until
            something is assigned; it is saved with the weights.

    Call arguments:
        inputs: float `[batch, ...]`, the live batch.

    Raises:
        UserError: the reference batch is too small, or its examples are not
            of the inputs' shape.
    """

    def __init__(self, shape, **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        _check_size(self.shape[0])

    def build(self, input_shape):
        """Makes the reference batch."""
        if self.shape[1:] != tuple(input_shape[1:]):
            raise UserError(
                "The examples of a reference batch must have the inputs' "
                f"shape, {tuple(input_shape[1:])}. Received: {self.shape[1:]}"
            )
        self.reference = self.add_weight(
            shape=self.shape,
            initializer="zeros",
            trainable=False,
            name="reference",
        )

    def call(self, inputs):
        """Returns float `[reference_size + batch, ...]`."""
        return tf.concat([tf.cast(self.reference, inputs.dtype), inputs], 0)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"shape": self.shape}


@_registered
class ReferenceBatchNormalization(layers.Layer):
    """Batch normalisation by the statistics of the reference batch alone.

    Mean and variance are per channel, over all other axes, and are computed in
    float32 also where the layers are in bfloat16. The gain begins at
    N(1, 0.02), as released, the bias at 0.

    Args:
        reference_size: int >= 2, how many rows are the reference batch.
        epsilon: float > 0, added to the variance.

    Call arguments:
        inputs: float `[reference_size + batch, channels]` or
            `[reference_size + batch, height, width, channels]`.

    Raises:
        UserError: the reference batch is too small.
    """

    def __init__(self, reference_size, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        _check_size(reference_size)
        self.reference_size = reference_size
        self.epsilon = epsilon

    def build(self, input_shape):
        """Makes the gain and the bias."""
        # In float32 also where the layer computes in bfloat16.
        self.gain = self.add_weight(
            shape=input_shape[-1:],
            initializer=keras.initializers.RandomNormal(1.0, 0.02),
            autocast=False,
            name="gain",
        )
        self.bias = self.add_weight(
            shape=input_shape[-1:],
            initializer="zeros",
            autocast=False,
            name="bias",
        )

    def call(self, inputs):
        """Normalises the reference batch by itself, the live one by it."""
        x = tf.cast(inputs, self.variable_dtype)
        reference, live = tf.split(x, [self.reference_size, -1])
        mean, variance = _moments(reference, first_axis=0)
        outputs = [
            self._normalize(reference, mean, variance),
            self._normalize(live, *self._live_moments(live, mean, variance)),
        ]
        return tf.cast(tf.concat(outputs, 0), inputs.dtype)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "reference_size": self.reference_size,
            "epsilon": self.epsilon,
        }

    def _normalize(self, x, mean, variance):
        scale = self.gain * tf.math.rsqrt(variance + self.epsilon)
        return (x - mean) * scale + self.bias

    def _live_moments(self, live, mean, variance):
        """Mean and variance for the live batch, given the reference's."""
        del live
        return mean, variance


@_registered
class VirtualBatchNormalization(ReferenceBatchNormalization):
    """Batch normalisation by the reference batch and the example itself.

    Each example, together with the reference batch, makes its virtual batch;
    as released, it weighs c = 1 / (reference_size + 1) in the mean and in the
    mean of squares:

        mean = c mean(x) + (1 - c) mean(reference)

    Args, call arguments and errors are those of `ReferenceBatchNormalization`.
    """

    def _live_moments(self, live, mean, variance):
        c = 1.0 / (self.reference_size + 1)
        own_mean, own_variance = _moments(live, first_axis=1)
        # As released, the mean of squares less the squared mean: the same, but
        # rounding may leave less than nothing.
        virtual_variance = (
            c * own_variance
            + (1 - c) * variance
            + c * (1 - c) * tf.square(own_mean - mean)
        )
        return c * own_mean + (1 - c) * mean, virtual_variance


@_registered
class RemoveReference(layers.Layer):
    """Drops the reference batch, once the last normalisation is done.

    Args:
        reference_size: int >= 2, how many rows it has.

    Call arguments:
        inputs: float `[reference_size + batch, ...]`.

    Raises:
        UserError: the reference batch is too small.
    """

    def __init__(self, reference_size, **kwargs):
        super().__init__(**kwargs)
        _check_size(reference_size)
        self.reference_size = reference_size

    def call(self, inputs):
        """Returns the live batch, float `[batch, ...]`."""
        return inputs[self.reference_size :]

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"reference_size": self.reference_size}


def _check_size(reference_size):
    if reference_size < 2:
        raise UserError(
            "A reference batch has at least 2 examples. "
            f"Received: {reference_size}"
        )


def _moments(x, first_axis):
    """Mean and variance per channel, over the other axes from `first_axis` on.

    The axes are kept, with length 1. Unlike those of `tf.nn.moments`, second
    derivatives are right too.
    """
    axes = list(range(first_axis, x.shape.rank - 1))
    mean = tf.reduce_mean(x, axes, keepdims=True)
    return mean, tf.reduce_mean(
        tf.math.squared_difference(x, mean), axes, keepdims=True
    )
