"""Gaussian noise and dropout that are functions of a seed.

Keras's layers draw from a state of their own, which gives every replica of
`tf.distribute` the same numbers and a resumed run others than an uninterrupted
one. These draw from the seed of the scope in which they are called; `GAN` makes
it of its seed, the step and the replica.
"""

import contextlib
import contextvars
import itertools
import math
from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.layers.philox import philox

# Numbers are drawn so many at a time, lest XLA compile for every small shape.
_BLOCK = 8192

# Replicas are traced in threads of their own, and each has its own context.
_next_seed: contextvars.ContextVar[Callable[[], tf.Tensor] | None] = (
    contextvars.ContextVar("next_seed", default=None)
)


@contextlib.contextmanager
def seeded(seed):
    """Within this scope, noise is a function of the seed.

    Every call of a layer in it draws other numbers.

    Args:
        seed: int `[2]`.
    """
    calls = itertools.count()
    token = _next_seed.set(
        lambda: tf.random.experimental.stateless_fold_in(seed, next(calls))
    )
    try:
        yield
    finally:
        _next_seed.reset(token)


def normal(shape, seed, stddev=1.0, dtype=tf.float32):
    """N(0, stddev^2) by the transform of Box and Muller.

    32 random bits give two numbers: 16 the radius, 16 the angle, so that no
    number is beyond 4.9 stddev. On a CPU this takes a fifth of the time of
    `tf.random.stateless_normal`.

    Args:
        shape: int `[rank]`.
        seed: int `[2]`; the same seed gives the same numbers.
        stddev: float > 0.
        dtype: of the result; whichever, the numbers are computed in float32.

    Returns:
        `dtype` of that shape.
    """
    count = tf.reduce_prod(shape)
    blocks = (count + _BLOCK - 1) // _BLOCK
    numbers = _numbers(blocks, tf.convert_to_tensor(seed), stddev, dtype)
    return tf.reshape(numbers[:count], shape)


# Compiled also where the step is not: one pass instead of twenty.
@tf.function(jit_compile=True, autograph=False)
def _numbers(blocks, seed, stddev, dtype):
    """So many blocks of `normal`."""
    bits = philox(blocks * (_BLOCK // 8), seed)
    uniform, turn = (
        # XLA knows the conversion of signed integers alone in vectors.
        tf.cast(tf.bitcast(half, tf.int32), tf.float32) / 2**16
        for half in (tf.bitwise.right_shift(bits, 16), bits & 0xFFFF)
    )
    radius = stddev * tf.sqrt(-2.0 * tf.math.log(uniform + 0.5 / 2**16))
    cos, sin = _point_on_circle(math.pi * (turn - 0.5))
    numbers = tf.stack([radius * cos, radius * sin])
    return tf.reshape(tf.cast(numbers, dtype), [-1])


def _point_on_circle(half_angle):
    """cos and sin of twice an angle in [-pi/2, pi/2].

    By Taylor's series, since XLA computes cos and sin one number at a time.
    """
    square = tf.square(half_angle)
    cos = sin = 0.0
    for n in (10, 8, 6, 4, 2, 0):
        sign = (-1) ** (n // 2)
        cos = cos * square + sign / math.factorial(n)
        sin = sin * square + sign / math.factorial(n + 1)
    sin *= half_angle
    return cos * cos - sin * sin, 2.0 * cos * sin


@keras.saving.register_keras_serializable(package="tfgan_ref")
class GaussianNoise(keras.layers.Layer):
    """Adds noise from N(0, stddev^2) in training.

    Outside of a `seeded` scope it draws from TensorFlow's global generator.

    Args:
        stddev: float >= 0.

    Call arguments:
        inputs: float, any shape.
        training: bool; False returns the inputs.

    Raises:
        UserError: `stddev` is negative.
    """

    def __init__(self, stddev, **kwargs):
        super().__init__(**kwargs)
        if not stddev >= 0.0:
            raise UserError(f"`stddev` must be at least 0. Received: {stddev}")
        self.stddev = stddev

    def call(self, inputs, training=False):
        """Adds the noise."""
        if not training or not self.stddev:
            return inputs
        noise = normal(tf.shape(inputs), next_seed(), self.stddev, inputs.dtype)
        return inputs + tf.ensure_shape(noise, inputs.shape)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"stddev": self.stddev}


@keras.saving.register_keras_serializable(package="tfgan_ref")
class Dropout(keras.layers.Layer):
    """Drops a share of the inputs in training and scales up the others.

    Outside of a `seeded` scope it draws from TensorFlow's global generator.

    Args:
        rate: float in [0, 1), the share.

    Call arguments:
        inputs: float, any shape.
        training: bool; False returns the inputs.

    Raises:
        UserError: `rate` is out of range.
    """

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        if not 0.0 <= rate < 1.0:
            raise UserError(f"`rate` must be in [0, 1). Received: {rate}")
        self.rate = rate

    def call(self, inputs, training=False):
        """Drops."""
        if not training or not self.rate:
            return inputs
        # In float32: bfloat16's few numbers would drop .203 instead of .2.
        exact = keras.backend.result_type(inputs.dtype, "float32")
        dropped = tf.nn.experimental.stateless_dropout(
            tf.cast(inputs, exact), self.rate, next_seed()
        )
        return tf.cast(dropped, inputs.dtype)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"rate": self.rate}


def next_seed():
    """The scope's next seed, or one of TensorFlow's global generator."""
    of_scope = _next_seed.get()
    if of_scope is None:
        return tf.random.uniform([2], maxval=tf.int32.max, dtype=tf.int32)
    return of_scope()
