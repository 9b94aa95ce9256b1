"""The hinge game.

The discriminator is pushed no further once D(x) > 1 and D(G(z)) < -1; its
outputs are real numbers, not logits of a probability.

References:
    Lim, Ye (2017), Geometric GAN, https://arxiv.org/abs/1705.02894
    Miyato, Kataoka, Koyama, Yoshida (2018), Spectral Normalization for
    Generative Adversarial Networks, https://arxiv.org/abs/1802.05957
"""

import tensorflow as tf


def hinge_discriminator_loss(real_logits, fake_logits):
    """max(0, 1 - D(x)) + max(0, 1 + D(G(z))).

    Minus eq. (16) of Miyato et al. (2018).

    Args:
        real_logits: float `[batch]`, the discriminator's outputs on data.
        fake_logits: float `[batch]`, its outputs on samples.

    Returns:
        float32 `[batch]`, one cost per pair of a real and a fake example.
    """
    real_logits = tf.cast(real_logits, tf.float32)
    fake_logits = tf.cast(fake_logits, tf.float32)
    return tf.nn.relu(1.0 - real_logits) + tf.nn.relu(1.0 + fake_logits)


def hinge_generator_loss(fake_logits):
    """-D(G(z)), eq. (17) of Miyato et al. (2018): no hinge, no saturation.

    Args:
        fake_logits: float `[batch]`, the discriminator's outputs on samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return -tf.cast(fake_logits, tf.float32)
