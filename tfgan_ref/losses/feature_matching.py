"""Feature matching (Salimans et al. 2016, section 3.1).

Both functions need the whole batch and return a scalar. Under `tf.distribute`
give them the features of the global batch's means: `GAN` does.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import tensorflow as tf


def mean_squared(real_mean, fake_mean):
    """Mean over the features of (E f(x) - E f(G(z)))^2.

    The paper's ||E f(x) - E f(G(z))||_2^2 divided by the number of features,
    as released for MNIST.

    Args:
        real_mean: float `[features]`, mean of the features over real examples.
        fake_mean: float `[features]`, the same over samples.

    Returns:
        float32 scalar.
    """
    return tf.reduce_mean(tf.square(_difference(real_mean, fake_mean)))


def mean_absolute(real_mean, fake_mean):
    """Mean over the features of |E f(x) - E f(G(z))|.

    What was released for CIFAR-10 and SVHN.

    Args:
        real_mean: float `[features]`, mean of the features over real examples.
        fake_mean: float `[features]`, the same over samples.

    Returns:
        float32 scalar.
    """
    return tf.reduce_mean(tf.abs(_difference(real_mean, fake_mean)))


def _difference(real_mean, fake_mean):
    return tf.cast(real_mean, tf.float32) - tf.cast(fake_mean, tf.float32)
