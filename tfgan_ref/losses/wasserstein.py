"""The Wasserstein game, and two ways to keep the critic Lipschitz.

The critic's values are real numbers, not logits of a probability.

References:
    Arjovsky, Chintala, Bottou (2017), Wasserstein GAN,
    https://arxiv.org/abs/1701.07875
    Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017), Improved Training
    of Wasserstein GANs, https://arxiv.org/abs/1704.00028
"""

import tensorflow as tf

from tfgan_ref.errors import UserError

# Under the root: at a gradient of 0 the norm is 1e-6 and its slope is 0, where
# that of the bare root is not a number.
_SMALLEST_SQUARED_NORM = 1e-12


def wasserstein_critic_loss(real_values, fake_values):
    """f(G(z)) - f(x), minus the objective of WGAN's eq. (3).

    At the best 1-Lipschitz f its mean is minus the earth mover's distance.

    Args:
        real_values: float `[batch]`, the critic's values on data.
        fake_values: float `[batch]`, its values on samples.

    Returns:
        float32 `[batch]`, one cost per pair of a real and a fake example.
    """
    real_values = tf.cast(real_values, tf.float32)
    return tf.cast(fake_values, tf.float32) - real_values


def wasserstein_generator_loss(fake_values):
    """-f(G(z)), line 10 of WGAN's algorithm 1.

    Args:
        fake_values: float `[batch]`, the critic's values on samples.

    Returns:
        float32 `[batch]`, one cost per example.
    """
    return -tf.cast(fake_values, tf.float32)


def clip_weights(network, limit=0.01):
    """Clips a critic's weights to [-limit, limit], after its update.

    Line 7 of WGAN's algorithm 1. The released code clips before each update
    of the critic, so that the generator sees weights clipped one update ago.

    Args:
        network: `keras.Model`; every trainable variable of it is clipped, so
            gains and biases as well, but no running statistics.
        limit: float > 0, the paper's c.

    Raises:
        UserError: `limit` is not positive.
    """
    if not limit > 0:
        raise UserError(f"`limit` must be positive. Received: {limit}")
    for variable in network.trainable_variables:
        variable.assign(tf.clip_by_value(variable, -limit, limit))


def gradient_penalty(critic, real, fake, seed, *, weight=10.0):
    """lambda (||grad f(x^)||_2 - 1)^2, the last term of WGAN-GP's eq. (3).

    x^ = epsilon x + (1 - epsilon) G(z) with one epsilon ~ U(0, 1) per example.

    Args:
        critic: as for `gradient_norms`, and so are data and samples.
        real: float `[batch, ...]`, data.
        fake: float `[batch, ...]`, samples; the gradient may flow into them.
        seed: int `[2]`; the same seed gives the same epsilon.
        weight: float >= 0, lambda.

    Returns:
        float32 `[batch]`, one cost per example.

    Raises:
        UserError: `weight` is negative, or data and samples differ in shape.
    """
    epsilon = draw_epsilon(tf.shape(real)[:1], seed)
    return distance_from_one(
        gradient_norms(critic, real, fake, epsilon), weight=weight
    )


def draw_epsilon(shape, seed):
    """U(0, 1) of a shape, the same under every compiler."""
    # Named, since XLA's own choice draws other numbers from the same seed.
    return tf.random.stateless_uniform(shape, seed, alg="philox")


def gradient_norms(critic, real, fake, epsilon):
    """||grad f(x^)||_2 at x^ = epsilon x + (1 - epsilon) G(z).

    To be called within the gradient tape of the critic's parameters, since the
    penalty is differentiated in its turn. All that is not the critic's own is
    float32, under mixed precision too.

    Args:
        critic: function float32 `[batch, ...]` -> values `[batch]` or
            `[batch, 1]`, each of one example alone: no batch normalisation.
        real: float `[batch, ...]`, data.
        fake: float `[batch, ...]`, samples; the gradient may flow into them.
        epsilon: float32 `[batch]` in [0, 1], the data's share.

    Returns:
        float32 `[batch]`.

    Raises:
        UserError: data and samples differ in shape.
    """
    real, fake = tf.cast(real, tf.float32), tf.cast(fake, tf.float32)
    if not real.shape.is_compatible_with(fake.shape):
        raise UserError(
            "Data and samples of one shape were expected. "
            f"Received: {list(real.shape)} and {list(fake.shape)}"
        )
    epsilon = tf.reshape(epsilon, [-1] + [1] * (real.shape.rank - 1))
    between = epsilon * real + (1.0 - epsilon) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        values = tf.cast(critic(between), tf.float32)
    (gradient,) = tape.gradient(values, [between])
    squared_norm = tf.reduce_sum(
        tf.square(gradient), axis=list(range(1, real.shape.rank))
    )
    return tf.sqrt(squared_norm + _SMALLEST_SQUARED_NORM)


def distance_from_one(norms, *, weight=10.0):
    """lambda (norm - 1)^2, two-sided, as in WGAN-GP's eq. (3).

    Args:
        norms: float32 `[batch]`, of `gradient_norms`.
        weight: float >= 0, lambda.

    Returns:
        float32 `[batch]`, one cost per example.

    Raises:
        UserError: `weight` is negative.
    """
    if not weight >= 0:
        raise UserError(f"`weight` must not be negative. Received: {weight}")
    return weight * tf.square(norms - 1.0)
