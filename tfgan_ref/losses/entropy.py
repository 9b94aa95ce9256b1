"""Entropies of categories, in nats: what CatGAN's players want.

The discriminator wants to be sure of the category of each image, to use all
categories alike, and to be unsure of samples; the generator wants it to be sure
of samples as well, and these to be of all categories alike (eq. 7).

Reference:
    Springenberg (2016), Unsupervised and Semi-supervised Learning with
    Categorical Generative Adversarial Networks,
    https://arxiv.org/abs/1511.06390
"""

import tensorflow as tf


def conditional(logits):
    """H[p(y | x)] of each example: 0 where it is sure, log K where it is not.

    Args:
        logits: float `[batch, K]`.

    Returns:
        float32 `[batch]`.
    """
    logits = tf.cast(logits, tf.float32)
    log_p = tf.nn.log_softmax(logits)
    return -tf.reduce_sum(tf.exp(log_p) * log_p, -1)


def marginal(mean_probabilities):
    """H[E p(y | x)]: log K where all categories are used alike.

    It needs the mean over all examples, and is a scalar: under `tf.distribute`
    give it that of the global batch, see `Round.global_mean`.

    Args:
        mean_probabilities: float `[K]`, of sum 1.

    Returns:
        float32 scalar.
    """
    p = tf.cast(mean_probabilities, tf.float32)
    return -tf.reduce_sum(tf.math.xlogy(p, p))
