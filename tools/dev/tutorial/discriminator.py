"""A discriminator that is trained between two densities on a line."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.data.mixture import Mixture
from tfgan_ref.losses import adversarial
from tools.dev.tutorial import gaussian


def density(of: Mixture, x: np.ndarray) -> np.ndarray:
    """On equally spaced points, which are all there is: of integral 1."""
    found = np.exp(gaussian.log_density(of, x))
    return found / ((x[1] - x[0]) * found.sum())


def train(x, p, q, *, alpha=1.0, beta=0.0, activation="tanh", steps=4000):
    """Trains a network on the expected cost, with the targets of eq. (15).

    Args:
        x: float `[points]`, equally spaced.
        p: float `[points]`, density of the data.
        q: the same of the samples.
        alpha: float in (0, 1], target of the data.
        beta: float in [0, 1), target of the samples.
        activation: of the two hidden layers of 64.
        steps: int, of Adam.

    Returns:
        Function from float `[points]` to logits float64 `[points]`; and the
        expected cost, of both halves' sum.
    """
    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(64, activation) for _ in range(2)]
    network = keras.Sequential(
        [keras.Input([1]), *hidden, keras.layers.Dense(1)]
    )
    network.layers[0].kernel.assign(2.0 * network.layers[0].kernel)
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.01, steps)
    )
    width = x[1] - x[0]
    inputs = tf.constant(x[:, np.newaxis], tf.float32)
    p, q = (tf.constant(width * of, tf.float32) for of in (p, q))

    optimizer.build(network.trainable_variables)

    @tf.function
    def play():
        for _ in tf.range(steps):
            with tf.GradientTape() as tape:
                logits = network(inputs, training=True)[:, 0]
                value = cost(logits, p, q, alpha, beta)
            gradient = tape.gradient(value, network.trainable_variables)
            optimizer.apply(gradient, network.trainable_variables)

    play()

    def logits_at(points):
        column = tf.constant(np.reshape(points, [-1, 1]), tf.float32)
        return np.float64(network(column, training=False)[:, 0])

    return logits_at, float(cost(network(inputs)[:, 0], p, q, alpha, beta))


def cost(logits, p, q, alpha=1.0, beta=0.0):
    """The discriminator's expected cost, scalar.

    Args:
        logits: float `[points]`.
        p: probabilities of the points among the data.
        q: the same among the samples.
        alpha: target of the data.
        beta: target of the samples.
    """
    loss = adversarial.minimax_discriminator_loss
    # One of the two logits in place, the other one costs nothing. Eq. (15)'s
    # beta is what smoothing does to the targets of data.
    sure = tf.fill(tf.shape(logits), tf.constant(1e4, logits.dtype))
    of_data = loss(logits, -sure, real_target=alpha)
    of_samples = loss(sure, logits)
    if beta:
        of_samples = loss(logits, -sure, real_target=beta)
    return tf.reduce_sum(p * of_data + q * of_samples)
