"""Elementary functions that stay finite at logits of +-1e4.

Each takes and gives a float tensor of any shape.
"""

import tensorflow as tf

# Adam squares gradients, and float32 ends at 3e38: exp(30) is 1e13.
_LARGEST = 30.0
_NEWTON_STEPS = 6


def exp(x):
    """e^x, which above 30 goes on along its tangent."""
    exponent = tf.minimum(x, _LARGEST)
    return tf.exp(exponent) * (1.0 + x - exponent)


def expm1(x):
    """e^x - 1, exact near 0; above 30 it goes on along its tangent."""
    exponent = tf.minimum(x, _LARGEST)
    return tf.math.expm1(exponent) + tf.exp(exponent) * (x - exponent)


@tf.custom_gradient
def minus_log_lambert(t):
    """-log W(e^(1-t)), with W Lambert's function: the r of r + 1 - e^-r = t.

    In r nothing overflows, whereas e^(1-t) does below t = -87.
    """
    # Left of the solution, from where Newton's method rises to it.
    r = tf.where(t < 0.0, -tf.math.log1p(tf.nn.relu(-t)), tf.nn.relu(t - 1.0))
    for _ in range(_NEWTON_STEPS):
        r -= (r - t - tf.math.expm1(-r)) / (1.0 + tf.exp(-r))

    def gradient(upstream):
        # A function of t, so that it has derivatives of its own.
        return upstream * tf.sigmoid(minus_log_lambert(t))

    return r, gradient
