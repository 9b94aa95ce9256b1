"""Runs a chain of Keras layers with height and width before the batch.

The network stays what it is, with its weights, its checkpoints and its export;
only how a training step computes it differs. Tensors of rank 4 are
`[height, width, batch, channels]` on their way through the layers; a perceptron
has none, and gains by the fused batch normalisation alone.
"""

import keras
import tensorflow as tf
from keras import layers
from keras.src.models.functional import Functional

from tfgan_ref import runtime
from tfgan_ref.spatial_first import convolution, few_channels, normalization

_CONVOLUTIONS = (layers.Conv2D, layers.Conv2DTranspose)
# What a network has to gain by.
_FASTER = (*_CONVOLUTIONS, layers.BatchNormalization)

# Those whose result does not depend on the order of dimensions.
_ANY_ORDER = (layers.Activation, layers.Dense, layers.LeakyReLU, layers.ReLU)
# Of one number each.
_ACTIVATIONS = (
    keras.activations.elu,
    keras.activations.gelu,
    keras.activations.leaky_relu,
    keras.activations.linear,
    keras.activations.relu,
    keras.activations.selu,
    keras.activations.sigmoid,
    keras.activations.silu,
    keras.activations.softplus,
    keras.activations.tanh,
)


def supports(network):
    """Whether `run` can compute a network, here, faster than its own call.

    Args:
        network: `keras.Model`, built.

    Returns:
        bool: it is, functional or sequential, a chain of the layers that DCGANs
        consist of, in float32 or bfloat16, which TensorFlow computes on a CPU
        with oneDNN.
    """
    return (
        runtime.has_onednn()
        and not tf.config.list_logical_devices("GPU")
        and _is_chain(network)
        and any(type(layer) in _FASTER for layer in network.layers)
        and all(_is_known(layer) for layer in _after_input(network))
    )


def _after_input(network):
    """The layers but that of the input, which a `Sequential` hides."""
    return [x for x in network.layers if not isinstance(x, layers.InputLayer)]


def _is_chain(network):
    """From one input through each layer once to one output."""
    if not isinstance(network, keras.Model) or not network.layers:
        return False
    if type(network) is keras.Sequential:
        return network.built and all(map(_is_of_one_shape, network.layers))
    # Not one whose `call` is another.
    if type(network).call is not Functional.call:
        return False
    # A layer that was called elsewhere as well has no one input.
    if any(len(layer._inbound_nodes) != 1 for layer in network.layers):
        return False
    first, *rest = network.layers
    ends = [network.layers[-1].output]
    return (
        isinstance(first, layers.InputLayer)
        and isinstance(getattr(network, "input", None), keras.KerasTensor)
        and [id(end) for end in ends] == [id(end) for end in network.outputs]
        and all(
            layer.input is earlier.output
            for earlier, layer in zip(network.layers, rest, strict=False)
        )
    )


def _is_of_one_shape(layer):
    """Whether all calls were; `Sequential.add` calls those before as well."""
    shapes = {
        tuple(given.shape[1:])
        for node in layer._inbound_nodes
        for given in node.input_tensors
    }
    return len(shapes) == 1


def run(network, inputs):
    """Computes `network(inputs, training=True)`.

    Args:
        network: `keras.Model` that `supports` approves of.
        inputs: float `[batch, ...]`.

    Returns:
        float `[batch, ...]`, the outputs, as the last layer's are; the moving
        statistics of batch normalisation are updated.
    """
    rest = _after_input(network)
    # Halved before they are moved.
    x = _spatial_first(tf.cast(inputs, rest[0].compute_dtype))
    for layer in rest:
        x = tf.cast(x, layer.compute_dtype)
        x = _RULES.get(type(layer), _unchanged)(layer, x)
    return _batch_first(x)


def infer(network, inputs):
    """Computes `network(inputs, training=False)`.

    In the layers' own order, since the last bit of a sample would else depend
    on its place in the batch; but for transposed convolutions to few channels.

    Args:
        network: `keras.Model`, built.
        inputs: of the network.

    Returns:
        Its outputs.
    """
    if not _gains_by_few_channels(network):
        return network(inputs, training=False)
    x = inputs
    for layer in _after_input(network):
        if _has_few_channels(layer):
            x = tf.cast(x, layer.compute_dtype)
            kernel = tf.cast(layer.kernel.value, x.dtype)
            x = few_channels.batch_first(x, kernel, layer.strides[0])
            x = _add_bias(layer, x)
        else:
            # One with a mode is in inference when nobody says otherwise.
            x = layer(x)
    return x


def _gains_by_few_channels(network):
    return (
        runtime.has_onednn()
        and not tf.config.list_logical_devices("GPU")
        and _is_chain(network)
        and any(map(_has_few_channels, network.layers))
    )


def _has_few_channels(layer):
    return (
        type(layer) is layers.Conv2DTranspose
        and layer.filters < few_channels.REGISTER
        and _is_plain_convolution(layer)
        and not getattr(layer, "lora_enabled", False)
    )


def _is_known(layer):
    kind = type(layer)
    activation = getattr(layer, "activation", keras.activations.linear)
    dtypes = ["float32"] + ["bfloat16"] * runtime.has_bfloat16()
    if (
        layer.compute_dtype not in dtypes
        or layer.variable_dtype != "float32"
        # It is not called as a layer, and would have no losses.
        or layer.activity_regularizer is not None
        or getattr(layer, "lora_enabled", False)
    ):
        return False
    if kind in _CONVOLUTIONS:
        return _is_plain_convolution(layer)
    if kind is layers.BatchNormalization:
        # One that is not trained is in inference mode.
        return (
            layer.axis == -1
            and layer.center
            and layer.scale
            and (layer.trainable)
        )
    return (kind in _ANY_ORDER and activation in _ACTIVATIONS) or (
        kind in _RULES
    )


def _is_plain_convolution(layer):
    height, width = layer.kernel_size
    stride = layer.strides[0]
    larger = layer.input if type(layer) is layers.Conv2D else layer.output
    return (
        height == width >= stride == layer.strides[1]
        and layer.padding == "same"
        and layer.data_format == "channels_last"
        and layer.dilation_rate == (1, 1)
        and getattr(layer, "groups", 1) == 1
        and layer.activation is keras.activations.linear
        and all(size and size % stride == 0 for size in larger.shape[1:3])
    )


def _spatial_first(x):
    return tf.transpose(x, [1, 2, 0, 3]) if x.shape.rank == 4 else x


def _batch_first(x):
    return tf.transpose(x, [2, 0, 1, 3]) if x.shape.rank == 4 else x


def _unchanged(layer, x):
    return layer(x)


def _reordered(layer, x):
    return _spatial_first(layer(_batch_first(x)))


def _convolution(layer, x):
    return _add_bias(
        layer,
        convolution.convolution(x, layer.kernel.value, layer.strides[0]),
    )


def _transposed_convolution(layer, x):
    return _add_bias(
        layer,
        convolution.transposed_convolution(
            x, layer.kernel.value, layer.strides[0]
        ),
    )


def _add_bias(layer, x):
    if not layer.use_bias:
        return x
    return tf.nn.bias_add(x, tf.cast(layer.bias.value, x.dtype))


def _batch_normalization(layer, x):
    """The layer by TensorFlow's fused operation, where that can be."""
    if x.shape.rank not in (2, 4):
        return layer(x, training=True)
    y, mean, variance = normalization.normalize(
        tf.reshape(x, [1, 1, -1, x.shape[1]]) if x.shape.rank == 2 else x,
        layer.gamma.value,
        layer.beta.value,
        layer.epsilon,
    )
    _move(layer.moving_mean, mean, layer.momentum)
    _move(layer.moving_variance, variance, layer.momentum)
    return tf.reshape(y, tf.shape(x))


def _move(average, value, momentum):
    average.assign_sub((average.value - value) * (1.0 - momentum))


_RULES = {
    layers.BatchNormalization: _batch_normalization,
    layers.Conv2D: _convolution,
    layers.Conv2DTranspose: _transposed_convolution,
    layers.Flatten: _reordered,
    layers.Reshape: _reordered,
}
