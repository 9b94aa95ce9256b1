"""V(x, y) = xy, exercise 7.2 and section 8.2 of Goodfellow (2016).

GAN plays it: the generator's only weight x is its sample, the discriminator's
only weight y its slope. With data at 0 and the Wasserstein costs the generator
minimises V(x, -y) = -xy, which the critic maximises.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate

from tfgan_ref.gan import GAN
from tfgan_ref.losses import wasserstein

RATE = 0.2
START = (0.8, -0.5)  # x, y.
STEPS = 40


def play(simultaneous, steps=STEPS):
    """Returns x and y before the first step and after each, `[steps + 1, 2]`.

    Where they take turns y moves first: the discriminator.
    """
    gan = GAN(
        keras.Sequential(
            [keras.Input([1]), keras.layers.Dense(1, use_bias=False)]
        ),
        keras.Sequential(
            [
                keras.Input([1]),
                keras.layers.Dense(1, use_bias=False),
                keras.layers.Reshape(()),
            ]
        ),
        prior=lambda shape, seed: tf.ones(shape),
    )
    weights = [gan.generator.weights[0], gan.discriminator.weights[0]]
    for weight, value in zip(weights, START, strict=True):
        weight.assign([[value]])
    gan.compile(
        keras.optimizers.SGD(RATE),
        keras.optimizers.SGD(RATE),
        generator_loss=wasserstein.wasserstein_generator_loss,
        discriminator_loss=wasserstein.wasserstein_critic_loss,
        simultaneous=simultaneous,
    )
    places = [START]

    def record(batch, logs):
        places.append([float(weight.numpy()[0, 0]) for weight in weights])

    gan.fit(
        tf.data.Dataset.from_tensors(tf.zeros([1, 1])).repeat(),
        steps_per_epoch=steps,
        callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=record)],
        shuffle=False,
        verbose=0,
    )
    return np.array(places)


def slopes(place):
    """Of each player's cost with respect to its own number."""
    x, y = (tf.constant(number, tf.float64) for number in place)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        of_generator = wasserstein.wasserstein_generator_loss(x * y)
        of_critic = wasserstein.wasserstein_critic_loss(0.0, x * y)
    return np.array(
        [tape.gradient(of_generator, x), tape.gradient(of_critic, y)]
    )


def radii(places):
    return np.linalg.norm(places, axis=-1)


def test_continuous_time_keeps_to_a_circle():
    """Section 8.2, figure 37: the equilibrium is orbited, never reached."""
    solution = integrate.solve_ivp(
        lambda _, place: -slopes(place),
        (0, 10),
        START,
        rtol=1e-6,
    )
    np.testing.assert_allclose(radii(solution.y.T), radii(START), rtol=1e-4)
    # More than once round, against the clock or with it.
    assert solution.y[0].min() < -0.9 < 0.9 < solution.y[0].max()


def test_simultaneous_steps_spiral_outwards():
    """Section 8.2: the radius grows by sqrt(1 + eta^2) at every step."""
    places = play(simultaneous=True)
    ratios = radii(places[1:]) / radii(places[:-1])
    assert len(ratios) == STEPS
    np.testing.assert_allclose(ratios, np.sqrt(1 + RATE**2), rtol=1e-5)


def test_alternating_steps_keep_to_an_ellipse():
    """Section 8.2: y moves first, so x^2 + y^2 - eta x y is conserved."""
    x, y = play(simultaneous=False).T
    conserved = x**2 + y**2 - RATE * x * y
    np.testing.assert_allclose(conserved, conserved[0], rtol=1e-4)
    # It does go round.
    assert x.min() < -0.5 < 0.5 < x.max()


def test_extragradient_steps_spiral_inwards():
    """Section 8.2: a look ahead shrinks the radius at every step."""
    place = np.array(START)
    for _ in range(STEPS):
        ahead = place - RATE * slopes(place)
        after = place - RATE * slopes(ahead)
        assert radii(after) / radii(place) == pytest.approx(
            np.sqrt(1 - RATE**2 + RATE**4), rel=1e-5
        )
        place = after
