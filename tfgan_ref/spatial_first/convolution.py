"""Strided convolutions of `[height, width, batch, channels]`.

On a CPU, oneDNN multiplies rows along the innermost spatial dimension by a
tap of the kernel. Of an image of 4x4 pixels that are 4 rows at a time, too few
for its matrix products. Seen as a volume whose innermost dimension is the
minibatch, there are 64; and taps that meet nothing but padding are left out
whole instead of multiplied by zeros. docs/performance.md has the measurements.

`SAME` padding; height and width are static and multiples of the stride. In
bfloat16 kernels stay float32, and so do their gradients: oneDNN multiplies in
bfloat16, adds in float32 and rounds each sum once.
"""

import tensorflow as tf

from tfgan_ref.spatial_first import few_channels
from tfgan_ref.spatial_first.few_channels import REGISTER

# Bytes, about one core's second-level cache.
_CACHE = 2**20


def convolution(x, kernel, stride):
    """`tf.nn.conv2d` of a tensor with the batch behind height and width.

    Args:
        x: float32 or bfloat16 `[height, width, batch, in]`.
        kernel: float32 `[size, size, in, out]`, size >= stride.
        stride: int.

    Returns:
        As x, `[height / stride, width / stride, batch, out]`.
    """

    @tf.custom_gradient
    def forward(x, kernel):
        cast = tf.cast(kernel, x.dtype)

        def gradient(upstream):
            return (
                _input_gradient(upstream, cast, stride),
                kernel_gradient(x, upstream, kernel.shape[0], stride),
            )

        return _convolve(x, cast, stride), gradient

    return forward(x, kernel)


def transposed_convolution(x, kernel, stride):
    """`tf.nn.conv2d_transpose` of a tensor with the batch behind.

    Args:
        x: float32 or bfloat16 `[height, width, batch, in]`.
        kernel: float32 `[size, size, out, in]`, size >= stride.
        stride: int.

    Returns:
        As x, `[stride * height, stride * width, batch, out]`.
    """

    @tf.custom_gradient
    def forward(x, kernel):
        cast = tf.cast(kernel, x.dtype)

        def gradient(upstream):
            return (
                _convolve(upstream, cast, stride),
                kernel_gradient(upstream, x, kernel.shape[0], stride),
            )

        return _input_gradient(x, cast, stride), gradient

    return forward(x, kernel)


def kernel_gradient(x, upstream, size, stride):
    """The gradient of the kernel, a convolution whose channels are the batch.

    dK[tap] is the sum over positions p and examples n of
    x[stride p + tap, n] upstream[p, n]: `upstream` is the kernel, spread by
    the stride, that moves over x. oneDNN's own runs at two thirds of that.

    Args:
        x: float32 or bfloat16 `[height, width, batch, in]`, the convolution's
            input.
        upstream: as x, `[height / stride, width / stride, batch, out]`, the
            gradient of its result.
        size: int, the kernel's.
        stride: int.

    Returns:
        float32 `[size, size, in, out]`.
    """
    channels = x.shape[3]
    if channels < REGISTER:
        kernel = tf.raw_ops.Conv3DBackpropFilterV2(
            input=x[None],
            filter_sizes=[size, size, 1, channels, upstream.shape[3]],
            out_backprop=upstream[None],
            strides=_strides(stride),
            padding="SAME",
        )
        return tf.cast(kernel[:, :, 0], tf.float32)
    before = (size - stride) // 2
    padding = [before, size - stride - before]
    x = tf.transpose(x, [0, 1, 3, 2])
    x = tf.pad(x, [padding, padding, [0, 0], [0, 0]])
    count = _rows_at_once(upstream)
    parts = [
        _correlation(
            x[stride * row : stride * (row + count - 1) + size],
            upstream[row : row + count],
            stride,
        )
        for row in range(0, upstream.shape[0], count)
    ]
    return tf.add_n([tf.cast(part, tf.float32) for part in parts])


def _convolve(x, kernel, stride):
    return tf.nn.conv3d(
        x[None], kernel[:, :, None], _strides(stride), padding="SAME"
    )[0]


def _input_gradient(upstream, kernel, stride):
    """The gradient of the input; forward, a transposed convolution."""
    if kernel.shape[2] < REGISTER:
        return few_channels.spatial_first(upstream, kernel, stride)
    height, width, _, _ = upstream.shape
    batch = tf.shape(upstream)[2]
    shape = [1, stride * height, stride * width, batch, kernel.shape[2]]
    return tf.raw_ops.Conv3DBackpropInputV2(
        input_sizes=tf.stack(shape),
        filter=kernel[:, :, None],
        out_backprop=upstream[None],
        strides=_strides(stride),
        padding="SAME",
    )[0]


def _rows_at_once(upstream):
    """How many rows of `upstream` stay in the cache for all taps."""
    height, width, batch, channels = upstream.shape
    row = upstream.dtype.size * width * (batch or 1) * channels
    fitting = _CACHE // row
    return min(max(fitting, 1), height)


def _correlation(x, upstream, stride):
    return tf.raw_ops.Conv3D(
        input=x[None],
        filter=upstream[:, :, None],
        strides=[1] * 5,
        # The third has no effect on a kernel of 1; TensorFlow's inference of
        # the shape wants it.
        dilations=[1, stride, stride, stride, 1],
        padding="VALID",
        name="kernel_gradient",
    )[0]


def _strides(stride):
    return [1, stride, stride, 1, 1]
