"""Transposed convolutions to one or three channels.

On a CPU, oneDNN pads channels to a register and multiplies by the padding. One
matrix product over all positions and taps, whose results then overlap, has no
padding.
"""

import tensorflow as tf

# Channels in one of AVX-512.
REGISTER = 16


def spatial_first(x, kernel, stride):
    """`tf.nn.conv2d_transpose` with the batch behind height and width.

    Args:
        x: float `[height, width, batch, in]`.
        kernel: as x, `[size, size, out, in]`, size >= stride.
        stride: int.

    Returns:
        As x, `[stride * height, stride * width, batch, out]`.
    """
    products = tf.transpose(_products(x, kernel), [4, 1, 3, 0, 2, 5])
    columns = _overlap_add(products, stride)
    return _overlap_add(tf.transpose(columns, [1, 2, 0, 3, 4]), stride)


def batch_first(x, kernel, stride):
    """The same of `[batch, height, width, in]`."""
    products = tf.transpose(_products(x, kernel), [4, 2, 3, 1, 0, 5])
    columns = _overlap_add(products, stride)
    rows = _overlap_add(tf.transpose(columns, [1, 2, 3, 0, 4]), stride)
    return tf.transpose(rows, [1, 0, 2, 3])


def _products(x, kernel):
    """Of every position and tap, `[*positions, size, size, out]`."""
    size, _, few, channels = kernel.shape
    products = tf.matmul(
        tf.reshape(x, [-1, channels]),
        tf.reshape(kernel, [-1, channels]),
        transpose_b=True,
    )
    positions = [known or tf.shape(x)[i] for i, known in enumerate(x.shape[:3])]
    return tf.reshape(products, [*positions, size, size, few])


def _overlap_add(products, stride):
    """`[tap, position, ...]` -> `[stride * position, ...]`."""
    size, count = products.shape[:2]
    before = (size - stride) // 2
    reach = size // stride
    rest = [[0, 0]] * (len(products.shape) - 2)
    padded = tf.pad(products, [[0, 0], [reach, reach], *rest])
    terms: list[list[tf.Tensor]] = [[] for _ in range(stride)]
    for tap in range(size):
        shift, phase = divmod(tap - before, stride)
        first = reach - shift
        terms[phase].append(padded[tap, first : first + count])
    phases = tf.stack([tf.add_n(phase) for phase in terms], axis=1)
    return tf.reshape(
        phases, tf.concat([[stride * count], tf.shape(phases)[2:]], axis=0)
    )
