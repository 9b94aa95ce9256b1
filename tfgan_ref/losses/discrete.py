"""What a generator of discrete outputs costs, by what it chose.

A choice is given as a 1 that has the gradient of its log-probability log q, see
`layers.draws.Scored`: choice - 1 is 0, and its gradient is that of log q.

References:
    Williams (1992), Simple statistical gradient-following algorithms for
    connectionist reinforcement learning, Machine Learning 8
    Hjelm et al. (2018), Boundary-Seeking Generative Adversarial Networks,
    https://arxiv.org/abs/1702.08431
    Che et al. (2017), Maximum-Likelihood Augmented Discrete Generative
    Adversarial Networks, https://arxiv.org/abs/1702.07983
    Yu, Zhang, Wang, Yu (2017), SeqGAN: Sequence Generative Adversarial Nets
    with Policy Gradient, https://arxiv.org/abs/1609.05473
"""

import tensorflow as tf

# Of weights, which are divided by their mean: a float32, and so is its inverse.
_LARGEST = 70.0


def sigmoid_generator_loss(fake_logits):
    """-D(G(z)), SeqGAN's reward with its sign changed.

    Args:
        fake_logits: float `[batch]`, the discriminator's logits on samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return -tf.sigmoid(tf.cast(fake_logits, tf.float32))


def reinforce(costs, choices, baselines=0.0):
    """The last costs, with the gradient sum of (cost - baseline) grad log q.

    Its mean is the gradient of the mean cost for any baseline that does not
    depend on the choice.

    Args:
        costs: float `[batch, choices]`, or `[batch, 1]` of all choices
            together; held.
        choices: float `[batch, choices]`, ones.
        baselines: float that goes with `costs`; held.

    Returns:
        float32 `[batch]`.
    """
    costs = tf.stop_gradient(tf.cast(costs, tf.float32))
    gains = costs - tf.stop_gradient(baselines)
    return costs[:, -1] + tf.reduce_sum((choices - 1.0) * gains, -1)


def mean_of_others(rows, mean, count):
    """For each row the mean of all others: a baseline.

    Args:
        rows: float32 `[batch, ...]`.
        mean: float32 `[...]`, of all `count` rows.
        count: int or scalar of integers, of all replicas; of 1 the row is
            its own.

    Returns:
        float32 `[batch, ...]`.
    """
    others = tf.maximum(tf.cast(count, rows.dtype) - 1.0, 1.0)
    return mean + (mean - rows) / others


def importance_weights(logits):
    """exp(logits), p / q where D is best (eq. 9); beyond +-70 it stays.

    Args:
        logits: float `[batch]`, the discriminator's on samples.

    Returns:
        float32 `[batch]`.
    """
    logits = tf.cast(logits, tf.float32)
    return tf.exp(tf.clip_by_value(logits, -_LARGEST, _LARGEST))


def boundary_seeking(logits, choices, mean_weight=1.0, baseline=0.0):
    """Weighted -log q of samples: maximum likelihood where D is best.

    The gradient is -(w / mean_weight - baseline) grad log q with w =
    `importance_weights`; with the mean of q, 1, it is in the mean that of
    KL(p, q). A baseline of 1 is MaliGAN's. The value is w log w / mean_weight,
    whose mean is KL(p, q) then.

    Args:
        logits: float `[batch]`, the discriminator's on samples; held.
        choices: float `[batch, choices]`, ones.
        mean_weight: float, of the weights over the global batch, so that their
            mean is 1.
        baseline: float.

    Returns:
        float32 `[batch]`.
    """
    logits = tf.stop_gradient(tf.cast(logits, tf.float32))
    weights = importance_weights(logits) / tf.stop_gradient(mean_weight)
    gains = (weights - baseline)[:, tf.newaxis]
    return weights * logits - tf.reduce_sum((choices - 1.0) * gains, -1)
