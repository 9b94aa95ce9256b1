"""Random bits of a counter, by elementwise operations that XLA fuses.

TensorFlow's own operation computes the same function one number at a time, and
XLA's another one slower still.

Reference:
    Salmon, Moraes, Dror, Shaw (2011), Parallel Random Numbers: As Easy as 1,
    2, 3, https://doi.org/10.1145/2063384.2063405
"""

import tensorflow as tf

_ROUNDS = 10
_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_WEYL = 0x9E3779B9, 0xBB67AE85  # What a round adds to the key.


def philox(count, key):
    """Philox4x32-10 of the counters 0 to count - 1.

    Args:
        count: int scalar.
        key: int `[2]`, of which the lowest 32 bits count.

    Returns:
        uint32 `[4, count]`.
    """
    key = tf.cast(key, tf.uint32)
    a = tf.cast(tf.range(count), tf.uint32)
    b = c = d = tf.zeros_like(a)
    for round in range(_ROUNDS):
        of_b, of_d = (key[i] + round * _WEYL[i] % 2**32 for i in (0, 1))
        high_a, low_a = _product(a, _MULTIPLIERS[0])
        high_c, low_c = _product(c, _MULTIPLIERS[1])
        a, b, c, d = high_c ^ b ^ of_b, low_c, high_a ^ d ^ of_d, low_a
    return tf.stack([a, b, c, d])


def _product(number, multiplier):
    """The higher and the lower 32 bits."""
    product = tf.cast(number, tf.uint64) * multiplier
    high = tf.bitwise.right_shift(product, 32)
    return tf.cast(high, tf.uint32), tf.cast(product, tf.uint32)
