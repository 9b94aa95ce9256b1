"""Averages of the networks' weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.linear_game import (
    assert_close,
    compiled,
    normalised_gan,
    tiny_gan,
    train,
)
from tests.replicas import values_of
from tfgan_ref import averaging
from tfgan_ref.errors import UserError


@pytest.fixture(params=[1, 2], ids=["one_replica", "two_replicas"])
def strategy(request, two_replicas):
    return two_replicas if request.param == 2 else tf.distribute.get_strategy()


def test_counts_are_copied_and_float64_is_averaged():
    scale = keras.layers.Normalization()
    scale.adapt(np.random.default_rng(0).normal(size=(9, 2)))
    inputs = keras.Input((2,))
    exact = keras.layers.Dense(1, dtype="float64")
    network = keras.Model(inputs, exact(scale(inputs)))
    average = averaging.frozen_copy(network)
    exact.set_weights([np.array([[3.0], [5.0]]), np.array([7.0])])
    scale.count.assign(11)
    before = average.layers[-1].get_weights()
    averaging.update(
        tf.distribute.get_strategy(), average, network, 0.5, tf.constant(1)
    )
    share = 9 / 11  # Of the first step.
    for old, mean, new in zip(
        before,
        average.layers[-1].get_weights(),
        exact.get_weights(),
        strict=True,
    ):
        assert_close(mean, old + share * (new - old), rtol=1e-6)
    counts = [v for v in average.weights if "count" in v.path]
    assert [int(v) for v in counts] == [11]


def test_average_follows_its_recurrence(strategy):
    with strategy.scope():
        gan = compiled(normalised_gan(ema_decay=0.22))
    average = gan.generator.get_weights()
    for step in (1, 2, 3):
        train(gan, 1)
        # (1 + step) / (10 + step) is 2/11 and then more than 0.22.
        decay = 2 / 11 if step == 1 else 0.22
        average = [
            decay * old + (1 - decay) * new
            for old, new in zip(
                average, values_of(gan.generator.variables), strict=True
            )
        ]
        assert_close(
            values_of(gan.ema_generator.variables),
            average,
            rtol=1e-5,
            atol=1e-7,
        )
    assert gan.sampler is gan.ema_generator


def test_the_discriminators_average_follows_its_own_recurrence():
    """With Keras's dropout, whose state is no weight."""
    gan = compiled(
        normalised_gan(drop=0.5, ema_decay=0.5, discriminator_ema_decay=0.26)
    )
    average = gan.discriminator.get_weights()
    for step in (1, 2, 3):
        train(gan, 1)
        # (1 + step) / (10 + step) is 2/11, 3/12 and then more than 0.26.
        decay = min((1 + step) / (10 + step), 0.26)
        average = [
            decay * old + (1 - decay) * new
            for old, new in zip(
                average, gan.discriminator.get_weights(), strict=True
            )
        ]
        assert_close(
            gan.ema_discriminator.get_weights(), average, rtol=1e-5, atol=1e-7
        )
    assert not gan.ema_discriminator.trainable_variables
    assert gan.sampler is gan.ema_generator


def test_the_average_takes_no_part_in_the_game():
    ends = []
    for ema_decay in (0.0, 0.9):
        keras.utils.set_random_seed(2)
        gan = compiled(
            normalised_gan(
                drop=0.5,
                ema_decay=ema_decay,
                discriminator_ema_decay=ema_decay,
            )
        )
        train(gan, 3)
        ends.append(
            gan.generator.get_weights() + gan.discriminator.get_weights()
        )
    assert_close(ends[1], ends[0], rtol=0, atol=0)


def test_without_an_average_samples_come_from_the_generator():
    gan = tiny_gan()
    assert gan.ema_generator is None and gan.ema_discriminator is None
    assert gan.sampler is gan.generator
    assert gan.classifier is None


# Mistakes.


@pytest.mark.parametrize("name", ["ema_decay", "discriminator_ema_decay"])
@pytest.mark.parametrize("decay", [1.0, -0.25])
def test_a_decay_out_of_range_is_refused(name, decay):
    with pytest.raises(UserError, match=f"decay.*Received: {decay}"):
        tiny_gan(**{name: decay})
