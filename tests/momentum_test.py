"""Gradient descent with a momentum that rises, in NumPy and float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.momentum import RisingMomentum

GRADIENTS = np.array([[1.0, -2.0], [0.5, 0.25], [0.0, 3.0], [-1.0, 1.0]])


def expected(rate, momentum, final, steps):
    place, velocity, places = np.zeros(2), np.zeros(2), []
    for step, gradient in enumerate(GRADIENTS):
        m = momentum + (final - momentum) * min(step / steps, 1)
        velocity = m * velocity - rate * gradient
        place = place + velocity
        places.append(place)
    return places


@pytest.mark.parametrize(
    ("momentum", "final", "steps"),
    [(0.5, 0.75, 2), (0.0, 0.9, 10), (0.6, 0, 3)],
)
@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "graph"])
def test_steps_are_those_of_the_recursion(momentum, final, steps, compiled):
    optimizer = RisingMomentum(0.1, momentum, final, steps)
    variable = keras.Variable(np.zeros(2, np.float32))
    optimizer.build([variable])

    def update(gradient):
        optimizer.apply([gradient])

    step = tf.function(update) if compiled else update
    places = []
    for gradient in GRADIENTS.astype(np.float32):
        step(tf.constant(gradient))
        places.append(variable.numpy())
    np.testing.assert_allclose(
        places, expected(0.1, momentum, final, steps), rtol=1e-6, atol=1e-7
    )


def test_gradients_may_be_gathered_before_they_count():
    optimizer = RisingMomentum(0.1, 0.5, 0.75, 2, gradient_accumulation_steps=2)
    variable = keras.Variable(np.zeros(2, np.float32))
    optimizer.build([variable])
    step = tf.function(lambda gradient: optimizer.apply([gradient]))
    for gradient in np.repeat(GRADIENTS, 2, 0).astype(np.float32):
        step(tf.constant(gradient))
    np.testing.assert_allclose(
        variable, expected(0.1, 0.5, 0.75, 2)[-1], rtol=1e-6
    )


def test_a_configuration_makes_the_same():
    optimizer = RisingMomentum(0.2, 0.1, 0.3, steps=7)
    config = keras.optimizers.serialize(optimizer)
    other = keras.optimizers.deserialize(config)
    assert type(other) is RisingMomentum
    assert other.get_config() == optimizer.get_config()
    assert (other.momentum, other.final, other.steps) == (0.1, 0.3, 7)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"steps": 0}, "`steps` must be positive. Received: 0"),
        ({"nesterov": True}, "`nesterov` must be False. Received: True"),
        ({"momentum": 1.0}, "`momentum` must be in .* Received: 1.0"),
        ({"final": -0.1}, "`final` must be in .* Received: -0.1"),
    ],
)
def test_what_is_out_of_range_is_one_line(wrong, said):
    with pytest.raises(UserError, match=said):
        RisingMomentum(**wrong)
