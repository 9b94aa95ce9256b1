"""The classifier of n real classes and a fake one (tutorial, section 4.1).

The discriminator gives n logits l; that of the fake class is fixed at 0, which
costs no generality, since softmax depends on differences only. Then
D(x) = Z / (Z + 1) with Z = sum exp(l), the sigmoid of logsumexp(l): with
`realness_logits` the costs of losses/adversarial.py play the game of real
against fake.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, section 5, https://arxiv.org/abs/1606.03498
"""

import tensorflow as tf

from tfgan_ref.losses import adversarial


def realness_logits(class_logits):
    """Logits of "real": logsumexp over the n classes.

    Args:
        class_logits: float `[batch, classes]`.

    Returns:
        float32 `[batch]`.
    """
    return tf.reduce_logsumexp(tf.cast(class_logits, tf.float32), axis=-1)


def labelled_loss(class_logits, labels):
    """-log p(y | x, real) = logsumexp(l) - l[y].

    Args:
        class_logits: float `[batch, classes]`, on real examples.
        labels: int `[batch]`; -1 where there is none, which costs 0.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    has_label = labels >= 0
    cost = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.where(has_label, labels, 0),
        logits=tf.cast(class_logits, tf.float32),
    )
    return tf.where(has_label, cost, 0.0)


def unlabelled_loss(real_class_logits, fake_class_logits):
    """-1/2 log D(x) - 1/2 log(1 - D(G(z))), eq. (8) of the tutorial.

    The one cost that keeps the factor 1/2, since beside the labelled cost it
    is a weight.

    Args:
        real_class_logits: float `[batch, classes]`, on unlabelled examples.
        fake_class_logits: float `[batch, classes]`, on samples.

    Returns:
        float32 `[batch]`, one cost per pair.
    """
    return 0.5 * adversarial.minimax_discriminator_loss(
        realness_logits(real_class_logits), realness_logits(fake_class_logits)
    )


def label_training_loss(real_class_logits, fake_class_logits, labels):
    """Cross-entropy of all n + 1 classes: labels train the discriminator.

    -log p(y | x) - log p(fake | G(z)); for an example without label
    -log p(real | x) instead. The generator need not know of the classes
    (tutorial, section 4.1).

    Args:
        real_class_logits: float `[batch, classes]`, on real examples.
        fake_class_logits: float `[batch, classes]`, on samples.
        labels: int `[batch]` of the real examples, -1 where there is none.

    Returns:
        float32 `[batch]`, one cost per pair.
    """
    # p(y) = p(real) p(y | real).
    return labelled_loss(
        real_class_logits, labels
    ) + adversarial.minimax_discriminator_loss(
        realness_logits(real_class_logits), realness_logits(fake_class_logits)
    )
