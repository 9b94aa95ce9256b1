"""What an image tells of the codes that it was made of (InfoGAN).

L_I(G, Q) = E[log Q(c | G(z, c))] + H(c) is at most the mutual information
I(c; G(z, c)), eq. (5) of the paper; each function is what it averages, for one
kind of code. Costs have it with a minus, eq. (6).

Reference:
    Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel (2016), InfoGAN,
    https://arxiv.org/abs/1606.03657
"""

import math

import tensorflow as tf


def categorical(logits, one_hot):
    """log Q(c | x) + log K of one of K categories, all as probable.

    At most log K, what is known of c where Q is sure and right; 0 where Q
    knows no more than the prior.

    Args:
        logits: float `[batch, K]`, of Q(c | x).
        one_hot: float `[batch, K]`, the c that x was made of.

    Returns:
        float32 `[batch]`.
    """
    cross_entropy = tf.nn.softmax_cross_entropy_with_logits(
        tf.cast(one_hot, tf.float32), tf.cast(logits, tf.float32)
    )
    return math.log(logits.shape[-1]) - cross_entropy


def gaussian(means, codes):
    """log N(c; m, 1) - log N(c; 0, 1), summed over the codes.

    As released: Q(c | x) is normal about what the network gives, of variance
    1, and the codes are scored as if their prior were N(0, 1), whatever they
    are drawn from. That adds a number without a gradient to the bound; with it
    the mean is 0 where Q gives 0 for every image. The paper has the bound and
    no constant.

    Args:
        means: float `[batch, codes]`, the m of Q(c | x).
        codes: float `[batch, codes]`, those that x was made of.

    Returns:
        float32 `[batch]`.
    """
    codes = tf.cast(codes, tf.float32)
    apart = tf.square(codes - tf.cast(means, tf.float32))
    return 0.5 * tf.reduce_sum(tf.square(codes) - apart, -1)
