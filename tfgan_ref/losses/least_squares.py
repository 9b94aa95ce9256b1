"""The least-squares game, LSGAN.

The discriminator's outputs are real numbers, not logits of a probability.

Reference:
    Mao, Li, Xie, Lau, Wang, Smolley (2017), Least Squares Generative
    Adversarial Networks, https://arxiv.org/abs/1611.04076
"""

import tensorflow as tf


def least_squares_discriminator_loss(
    real_logits, fake_logits, *, real_target=1.0, fake_target=0.0
):
    """(D(x) - b)^2 + (D(G(z)) - a)^2, twice eq. (2).

    The default is the 0-1 coding of eq. (9). With a = -1, b = 1 and c = 0
    (eq. 8) the generator minimises, at the optimal discriminator, the Pearson
    chi^2 divergence between p_data + p_g and 2 p_g (eq. 5 and 7).

    Args:
        real_logits: float `[batch]`, the discriminator's outputs on data.
        fake_logits: float `[batch]`, its outputs on samples.
        real_target: float, b.
        fake_target: float, a.

    Returns:
        float32 `[batch]`, one cost per pair of a real and a fake example.
    """
    real_logits = tf.cast(real_logits, tf.float32)
    fake_logits = tf.cast(fake_logits, tf.float32)
    return tf.square(real_logits - real_target) + tf.square(
        fake_logits - fake_target
    )


def least_squares_generator_loss(fake_logits, *, target=1.0):
    """(D(G(z)) - c)^2, twice eq. (2).

    Args:
        fake_logits: float `[batch]`, the discriminator's outputs on samples.
        target: float, c, what the discriminator is to say of samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return tf.square(tf.cast(fake_logits, tf.float32) - target)
