"""Weight normalisation (Salimans and Kingma 2016).

Reference:
    Salimans, Kingma (2016), Weight Normalization: A Simple Reparameterization
    to Accelerate Training of Deep Neural Networks,
    https://arxiv.org/abs/1602.07868
"""

import contextlib
import contextvars

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref.errors import UserError
from tfgan_ref.layers import initialization

# Axes of the kernel that lead into one unit.
_INPUT_AXES = {
    layers.Dense: (0,),
    layers.Conv2D: (0, 1, 2),
    layers.Conv2DTranspose: (0, 1, 3),
}

# Replicas are traced in threads of their own, and each has its own context.
_kept: contextvars.ContextVar[dict | None] = contextvars.ContextVar(
    "kept", default=None
)


@contextlib.contextmanager
def norms_kept(norms):
    """Within the scopes of one dict, the norms of a kernel are computed once.

    For passes at the same weights, on the same gradient tapes: the norms read
    the whole of the kernel, and their gradient does again.

    Args:
        norms: dict, empty at first.
    """
    token = _kept.set(norms)
    try:
        yield
    finally:
        _kept.reset(token)


@keras.saving.register_keras_serializable(package="tfgan_ref")
class WeightNormalization(layers.Wrapper):
    """Gives each unit of a layer the weights w = g v / ||v||, eq. (2).

    v is the wrapped layer's kernel and g the scale. Since v w.r.t. one unit
    is only scaled, its output is computed with v and scaled afterwards.

    Within `initialization.from_data()` scale and bias are set such that each
    unit's activation before the nonlinearity has mean 0 and variance 1 over
    the minibatch, eq. (5) and (6). Salimans et al. (2016) leave the hidden
    layers' scales fixed from there on.

    Under `tf.distribute` nothing here depends on other replicas.

    Args:
        layer: `Dense`, `Conv2D` or `Conv2DTranspose`, without bias and
            activation; its kernel's initializer is that of v.
        activation: of the normalised layer.
        train_scale: bool, whether the scale is trained.

    Call arguments:
        inputs: float, as the wrapped layer takes it.

    Raises:
        UserError: the wrapped layer is of another kind, has its channels
            first, or a bias or an activation of its own.
    """

    def __init__(self, layer, activation=None, train_scale=False, **kwargs):
        # Norms and scales are float32 under mixed precision, too.
        super().__init__(layer, autocast=False, **kwargs)
        if (
            type(layer) not in _INPUT_AXES
            or layer.use_bias
            or layer.activation is not keras.activations.linear
            or getattr(layer, "data_format", "") == "channels_first"
        ):
            raise UserError(
                "`layer` must be Dense, Conv2D or Conv2DTranspose, channels "
                "last, with use_bias=False and no activation. "
                f"Received: {type(layer).__name__} {layer.name}"
            )
        self.activation = keras.activations.get(activation)
        self.train_scale = train_scale

    def build(self, input_shape):
        """Makes the scale, 1, and the bias, 0."""
        super().build(input_shape)
        units = self.layer.compute_output_shape(input_shape)[-1]
        self.scale = self.add_weight(
            shape=(units,),
            initializer="ones",
            trainable=self.train_scale,
            name="scale",
        )
        self.bias = self.add_weight(
            shape=(units,), initializer="zeros", name="bias"
        )

    def call(self, inputs):
        """Applies the layer with the normalised weights."""
        outputs = self.layer(inputs)
        outputs *= tf.cast(self.scale / self._norms(), outputs.dtype)
        if initialization.is_active():
            outputs = self._initialize(outputs)
        return self.activation(outputs + tf.cast(self.bias, outputs.dtype))

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "activation": keras.activations.serialize(self.activation),
            "train_scale": self.train_scale,
        }

    def _norms(self):
        """||v|| of each unit, float32 `[units]`."""
        kept = _kept.get()
        # A branch of `tf.cond` is a graph of its own.
        key = id(self), id(tf.compat.v1.get_default_graph())
        if kept is not None and key in kept:
            return kept[key]
        norms = _norms_of(self.layer.kernel, _INPUT_AXES[type(self.layer)])
        if kept is not None:
            kept[key] = norms
        return norms

    def _initialize(self, outputs):
        """Sets scale and bias; returns the outputs with the new scale."""
        mean, variance = tf.nn.moments(
            outputs, list(range(outputs.shape.rank - 1))
        )
        # A unit that is constant, but for rounding, keeps its scale.
        varies = variance > 1e-10 * tf.square(mean)
        stddev = tf.where(varies, tf.sqrt(variance), 1.0)
        self.scale.assign(self.scale / stddev)
        self.bias.assign(-mean / stddev)
        return outputs / stddev


def _norms_of(kernel, axes):
    """||v|| of each unit, float `[units]`."""

    @tf.custom_gradient
    def norm(kernel):
        # XLA knows no reduce_euclidean_norm.
        squares = tf.reduce_sum(tf.square(kernel), axes, keepdims=True)
        length = tf.sqrt(squares)
        return length, lambda upstream: kernel * (upstream / length)

    # By itself TensorFlow differentiates it in three passes over the kernel.
    return tf.reshape(norm(tf.convert_to_tensor(kernel)), [-1])
