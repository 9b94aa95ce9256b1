"""The game V(x, y) = xy of exercise 7.2, as a GAN plays it.

x is the discriminator's only weight, its slope, which minimises V; y is the
generator's only weight, its sample, which maximises V. With data at 0 the
costs of the Wasserstein game are V and -V.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from scipy import integrate

from tfgan_ref.gan import GAN
from tfgan_ref.losses import wasserstein

START = (0.8, -0.5)


def value(x, y):
    """V(x, y), as the critic pays it."""
    return wasserstein.wasserstein_critic_loss(0.0, x * y)


def gradient(place):
    """Of each player's own cost, by that player's number.

    Args:
        place: float `[2]`, x and y.

    Returns:
        float64 `[2]`.
    """
    x, y = (tf.constant(number, tf.float64) for number in place)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        of_x = value(x, y)
        of_y = wasserstein.wasserstein_generator_loss(x * y)
    return np.array([tape.gradient(of_x, x), tape.gradient(of_y, y)])


def play(simultaneous: bool, rate: float, steps: int) -> np.ndarray:
    """Lets `GAN` play it by gradient descent.

    Args:
        simultaneous: bool; else they take turns, x first.
        rate: float > 0, of both.
        steps: int.

    Returns:
        float64 `[steps + 1, 2]`, x and y.
    """
    critic = _one_weight(keras.layers.Reshape(()))
    generator = _one_weight()
    gan = GAN(generator, critic, prior=lambda shape, seed: tf.ones(shape))
    weights = [critic.weights[0], generator.weights[0]]
    for weight, number in zip(weights, START, strict=True):
        weight.assign([[number]])
    gan.compile(
        keras.optimizers.SGD(rate),
        keras.optimizers.SGD(rate),
        generator_loss=wasserstein.wasserstein_generator_loss,
        discriminator_loss=wasserstein.wasserstein_critic_loss,
        simultaneous=simultaneous,
    )
    places = [START]

    def record(batch, logs):
        x, y = (float(weight.numpy()[0, 0]) for weight in weights)
        places.append((x, y))

    gan.fit(
        tf.data.Dataset.from_tensors(tf.zeros([1, 1])).repeat(),
        steps_per_epoch=steps,
        callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)],
        shuffle=False,
        verbose=0,
    )
    return np.array(places)


def extragradient(rate: float, steps: int) -> np.ndarray:
    """The same with a look ahead: float64 `[steps + 1, 2]`."""
    places = [np.array(START)]
    for _ in range(steps):
        ahead = places[-1] - rate * gradient(places[-1])
        places.append(places[-1] - rate * gradient(ahead))
    return np.array(places)


def continuous(times) -> np.ndarray:
    """Infinitely small steps: float64 `[times, 2]`."""
    solution = integrate.solve_ivp(
        lambda _, place: -gradient(place),
        (0.0, times[-1]),
        START,
        t_eval=times,
        rtol=1e-8,
        atol=1e-10,
    )
    return solution.y.T


def radii(places) -> np.ndarray:
    """Distances from the equilibrium."""
    return np.linalg.norm(places, axis=-1)


def _one_weight(*last):
    layer = keras.layers.Dense(1, use_bias=False)
    return keras.Sequential([keras.Input([1]), layer, *last])
