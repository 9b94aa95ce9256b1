"""What `fit` refuses, since it could not honour it, and what goes with it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.linear_game import (
    BATCH,
    GENERATOR_LR,
    compiled,
    minibatches,
    real_images,
    tiny_gan,
)
from tfgan_ref import OfPlayer
from tfgan_ref.errors import UserError


def schedule(epoch, rate):
    return rate / 4


def fit(gan, data, **kwargs):
    return gan.fit(data, verbose=0, shuffle=False, **kwargs)


@pytest.mark.parametrize(
    "callback",
    [
        keras.callbacks.LearningRateScheduler(schedule),
        keras.callbacks.ReduceLROnPlateau("loss/generator"),
    ],
    ids=lambda callback: type(callback).__name__,
)
def test_a_callback_of_one_optimizer_is_refused(callback):
    gan = compiled(tiny_gan(), run_eagerly=True)
    name = type(callback).__name__
    with pytest.raises(UserError, match=f"OfPlayer.*Received: {name}$"):
        fit(gan, real_images(BATCH), callbacks=[callback])
    assert gan.step.numpy() == 0


def test_of_player_gives_it_one():
    gan = compiled(tiny_gan(), run_eagerly=True)
    callback = keras.callbacks.LearningRateScheduler(schedule)
    history = fit(
        gan,
        real_images(BATCH),
        batch_size=BATCH,
        epochs=2,
        callbacks=[OfPlayer("generator", callback)],
    ).history
    rate = gan.generator_optimizer.learning_rate
    assert float(rate) == GENERATOR_LR / 16
    assert float(gan.discriminator_optimizer.learning_rate) == 0.25
    assert history["learning_rate"] == pytest.approx(
        [GENERATOR_LR / 4, GENERATOR_LR / 16]
    )
    with pytest.raises(UserError, match="discriminator, gen.*Received: critic"):
        fit(gan, real_images(4), callbacks=[OfPlayer("critic", callback)])


@pytest.mark.parametrize(
    "weights",
    [{"class_weight": {0: 1.0}}, {"sample_weight": np.ones(BATCH)}],
    ids=lambda weights: next(iter(weights)),
)
def test_weights_of_examples_are_refused(weights):
    (name,) = weights
    with pytest.raises(UserError, match=f"no use for `{name}`"):
        fit(compiled(tiny_gan()), real_images(BATCH), **weights)


def test_on_replicas_all_minibatches_are_of_one_size(two_replicas):
    with two_replicas.scope():
        gan = compiled(tiny_gan())
    images = real_images(BATCH + 4)
    data = tf.data.Dataset.from_tensor_slices(images).batch(BATCH)
    for given, sizes in (
        (images, {"batch_size": BATCH}),
        (images, {}),  # Keras's 32.
        ((images, np.arange(len(images))), {"batch_size": BATCH}),
        (data, {}),
        (data, {"steps_per_epoch": 1}),
    ):
        with pytest.raises(UserError, match="of one size.*on 2 replicas"):
            fit(gan, given, **sizes)
    with pytest.raises(UserError, match="of one size.*on 2 replicas"):
        gan.evaluate(images, batch_size=BATCH, verbose=0)
    assert gan.step.numpy() == 0


def test_a_step_needs_its_minibatches():
    gan = compiled(tiny_gan(), discriminator_steps=3, run_eagerly=True)
    with pytest.raises(UserError, match="3 minibatches. Received: 2"):
        fit(gan, minibatches(real_images(2 * BATCH)))
