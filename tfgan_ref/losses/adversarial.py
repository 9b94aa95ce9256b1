"""The three games of Goodfellow (2016), section 3.2.

Every function takes logits a, with D(x) = sigmoid(a), and returns one float32
cost per example. None of them averages. Where the tutorial writes a factor
1/2 (eq. 8, 13 and 14) these functions leave it out, as the tutorial's own
code in section 4.2 does.

Reference:
    Goodfellow (2016), NIPS 2016 Tutorial: Generative Adversarial Networks,
    https://arxiv.org/abs/1701.00160
"""

import functools

import tensorflow as tf

from tfgan_ref.losses import elementary


def minimax_discriminator_loss(real_logits, fake_logits, *, real_target=1.0):
    """-log D(x) - log(1 - D(G(z))), twice eq. (8): the sigmoid cross-entropy.

    All three games share it. With `real_target` = t < 1 it is one-sided label
    smoothing (section 4.2, eq. 15 with alpha = t and beta = 0): the real
    examples cost -t log D(x) - (1 - t) log(1 - D(x)), the samples the same as
    before. Both minibatches have the same size.

    Args:
        real_logits: float `[batch]`, the discriminator's logits on data.
        fake_logits: float `[batch]`, its logits on samples.
        real_target: float in (0, 1], the target of the real examples.

    Returns:
        float32 `[batch]`, one cost per pair of a real and a fake example.
    """
    real_logits = tf.cast(real_logits, tf.float32)
    fake_logits = tf.cast(fake_logits, tf.float32)
    real_cost = real_target * tf.nn.softplus(-real_logits)
    if real_target != 1.0:
        real_cost += (1.0 - real_target) * tf.nn.softplus(real_logits)
    return real_cost + tf.nn.softplus(fake_logits)


def minimax_generator_loss(fake_logits):
    """log(1 - D(G(z))), twice eq. (10): the zero-sum game, J_G = -J_D.

    Its gradient, -D(G(z)) with respect to the logit, vanishes when the
    discriminator rejects the samples with confidence.

    Args:
        fake_logits: float `[batch]`, the discriminator's logits on samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return -tf.nn.softplus(tf.cast(fake_logits, tf.float32))


def non_saturating_generator_loss(fake_logits):
    """-log D(G(z)), twice eq. (13): the heuristic, non-saturating game.

    Its gradient, -(1 - D(G(z))) with respect to the logit, is strongest where
    the discriminator rejects the samples.

    Args:
        fake_logits: float `[batch]`, the discriminator's logits on samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return tf.nn.softplus(-tf.cast(fake_logits, tf.float32))


def maximum_likelihood_generator_loss(fake_logits):
    """-D(G(z)) / (1 - D(G(z))) = -exp(a), twice eq. (14).

    With the optimal discriminator its expected gradient is that of
    KL(p_data, p_model). Above a = 30 the cost goes on along its tangent, so
    that it and the square of its gradient, which Adam takes, stay finite in
    float32.

    Args:
        fake_logits: float `[batch]`, the discriminator's logits on samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return -elementary.exp(tf.cast(fake_logits, tf.float32))


def is_zero_sum(discriminator_loss, generator_loss):
    """Whether the generator's cost is minus what samples cost the other.

    One backward pass through the discriminator then serves both players.

    Args:
        discriminator_loss: function `(real_logits, fake_logits)` -> costs.
        generator_loss: function `fake_logits` -> costs.

    Returns:
        bool: the two are the minimax losses above, or `functools.partial` of
        the discriminator's.
    """
    if isinstance(discriminator_loss, functools.partial):
        discriminator_loss = discriminator_loss.func
    return (
        discriminator_loss is minimax_discriminator_loss
        and generator_loss is minimax_generator_loss
    )
