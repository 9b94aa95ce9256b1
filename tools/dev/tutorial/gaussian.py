"""A Gaussian whose mean and scale can be differentiated by."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from scipy import optimize

from tfgan_ref.data.mixture import Mixture


def model(mean, log_scale) -> Mixture:
    """The library's density, of tensors instead of numbers.

    Args:
        mean: float64 scalar.
        log_scale: float64 scalar.
    """
    return Mixture(
        means=tf.reshape(mean, [1, 1]),
        scales=tf.reshape(tf.exp(log_scale), [1]),
        weights=tf.ones([1], tf.float64),
    )


def log_density(density: Mixture, x):
    """log p(x) at float64 `[points]`."""
    return density.log_prob(tf.convert_to_tensor(x, tf.float64)[:, tf.newaxis])


def cost_and_gradient(cost, theta):
    """A cost of the model of mean theta[0] and log scale theta[1].

    Args:
        cost: function `Mixture` -> float64 scalar.
        theta: float `[2]`.

    Returns:
        float, and float64 `[2]`.
    """
    theta = tf.constant(theta, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = cost(model(theta[0], theta[1]))
    return float(value), tape.gradient(value, theta).numpy()


def fit(cost, mean: float, scale: float):
    """The model of least cost, found downhill.

    Args:
        cost: function `Mixture` -> float64 scalar.
        mean: where the descent starts.
        scale: the same.

    Returns:
        The mean, the scale and the cost that it reached; and the path, float
        `[steps, 2]` of means and scales.
    """
    steps = [[mean, np.log(scale)]]
    found = optimize.minimize(
        lambda theta: cost_and_gradient(cost, theta),
        steps[0],
        jac=True,
        callback=lambda theta: steps.append(theta.tolist()),
        options={"gtol": 1e-9},
    )
    path = np.array(steps)
    path[:, 1] = np.exp(path[:, 1])
    return found.x[0], np.exp(found.x[1]), found.fun, path
