"""Callbacks of Keras that need one optimizer, of a GAN that has two."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.small_gan import around
from tfgan_ref import OfPlayer
from tfgan_ref.errors import UserError

IMAGES = np.random.default_rng(0).uniform(-1, 1, (12, 2, 3, 1))


def compiled():
    gan = around(
        keras.Sequential(
            [keras.Input((4,)), layers.Dense(6), layers.Reshape((2, 3, 1))]
        )
    )
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.125))
    return gan


def fit(gan, *callbacks, epochs=3):
    gan.fit(
        np.float32(IMAGES),
        batch_size=4,
        epochs=epochs,
        callbacks=list(callbacks),
        verbose=0,
    )


def rates(gan):
    return [
        float(optimizer.learning_rate)
        for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer)
    ]


def halved(epoch, rate):
    return rate / 2 if epoch else rate


@pytest.mark.parametrize(
    ("turn", "expected"),
    [("generator", [0.125, 0.125]), ("discriminator", [0.5, 0.03125])],
)
def test_a_schedule_is_that_of_the_named_turn_alone(turn, expected):
    gan = compiled()
    fit(gan, OfPlayer(turn, keras.callbacks.LearningRateScheduler(halved)))
    assert rates(gan) == expected


@pytest.mark.parametrize(
    ("turn", "expected"),
    [("generator", [0.03125, 0.125]), ("discriminator", [0.5, 0.0078125])],
)
def test_a_plateau_is_that_of_the_named_turn_alone(turn, expected):
    gan = compiled()
    plateau = keras.callbacks.ReduceLROnPlateau(
        # No epoch but the first improves by so much.
        f"loss/{turn}",
        factor=0.25,
        patience=1,
        min_delta=1e9,
        mode="min",
    )
    fit(gan, OfPlayer(turn, plateau))
    assert rates(gan) == expected


def test_the_callback_hears_of_everything_and_can_stop_the_run():
    heard = []

    class Listener(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            heard.append(("begin", self.params["epochs"]))
            assert self.model.optimizer is gan.generator_optimizer

        def on_train_batch_end(self, batch, logs=None):
            heard.append((batch, int(self.model.step.numpy())))
            assert "loss/generator" in logs

        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

        def on_train_end(self, logs=None):
            heard.append("end")

    gan = compiled()
    fit(gan, OfPlayer("generator", Listener()), epochs=5)
    assert heard == [("begin", 5), (0, 1), (1, 2), (2, 3), "end"]


def test_a_turn_that_is_none_and_a_schedule_of_nobody_are_one_line():
    gan = compiled()
    schedule = keras.callbacks.LearningRateScheduler(halved)
    with pytest.raises(UserError, match="discriminator, generator. .*: critic"):
        fit(gan, OfPlayer("critic", schedule))
    with pytest.raises(UserError, match=r"OfPlayer\(.generator., Learning"):
        fit(gan, schedule)
    assert int(gan.step.numpy()) == 0
