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
        keras.callbacks.TerminateOnNaN(),
    ],
    ids=lambda callback: type(callback).__name__,
)
def test_a_callback_of_one_optimizer_is_refused(callback):
    gan = compiled(tiny_gan(), run_eagerly=True)
    name = type(callback).__name__
    with pytest.raises(UserError, match=f"OfPlayer.*Received: {name}$"):
        fit(gan, real_images(BATCH), callbacks=[callback])
    with pytest.raises(UserError, match=f"OfPlayer.*Received: {name}$"):
        fit(gan, real_images(BATCH), callbacks=callback)
    assert gan.step.numpy() == 0


def test_the_averages_of_keras_are_refused():
    callback = keras.callbacks.SwapEMAWeights()
    with pytest.raises(UserError, match="`ema_decay`. Received: SwapEMAW"):
        fit(compiled(tiny_gan()), real_images(BATCH), callbacks=[callback])


def test_of_player_gives_it_a_loss():
    gan = compiled(tiny_gan(), run_eagerly=True)
    bad = np.full_like(real_images(5 * BATCH), np.nan)
    callback = OfPlayer("discriminator", keras.callbacks.TerminateOnNaN())
    history = fit(gan, bad, batch_size=BATCH, epochs=2, callbacks=[callback])
    # The first loss is none, and there is no second epoch.
    assert gan.step.numpy() == 1 and len(history.epoch) == 1
    assert history.history.keys() >= {"loss/discriminator", "loss/generator"}
    assert "loss" not in history.history


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


def test_replicas_divide_a_minibatch(two_replicas):
    with two_replicas.scope():
        gan = compiled(tiny_gan())
    images = real_images(10)
    data = tf.data.Dataset.from_tensor_slices(images).batch(
        5, drop_remainder=True
    )
    said = "that the replicas can divide was expected. Received: 5 ex.* on 2"
    for given, sizes in ((images, {"batch_size": 5}), (data, {})):
        with pytest.raises(UserError, match=said):
            fit(gan, given, **sizes)
        with pytest.raises(UserError, match=said):
            gan.evaluate(given, **sizes, verbose=0)
    with pytest.raises(UserError, match=said):
        gan.train_on_batch(images[:5])
    assert gan.step.numpy() == 0


def test_a_mean_is_over_examples():
    """As Keras's, of a last minibatch that is shorter."""
    gan = compiled(tiny_gan(), run_eagerly=True)
    images = real_images(BATCH + 2)
    found = gan.evaluate(images, batch_size=BATCH, verbose=0, return_dict=True)
    parts = []
    for part in (images[:BATCH], images[BATCH:]):
        logits = np.ravel(gan.discriminator(part))
        parts.append(np.mean(logits > 0))
    assert parts[0] != parts[1]
    expected = (BATCH * parts[0] + 2 * parts[1]) / (BATCH + 2)
    assert found["accuracy/real"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.filterwarnings("ignore:.*ran out of data")
def test_data_that_end_within_an_execution_have_their_means():
    gan = compiled(tiny_gan(), steps_per_execution=10)
    images = real_images(5 * BATCH)
    history = fit(
        gan,
        images,
        batch_size=BATCH,
        epochs=2,
        validation_data=images[: 2 * BATCH],
        validation_batch_size=BATCH,
    ).history
    assert gan.step.numpy() == 10
    assert {len(values) for values in history.values()} == {2}
    assert {"loss/generator", "val_loss/generator"} <= history.keys()


def test_several_minibatches_a_step_leave_validation_as_it_is():
    gan = compiled(tiny_gan(), discriminator_steps=2, run_eagerly=True)
    images = real_images(6 * BATCH)
    counted = []
    callback = keras.callbacks.LambdaCallback()
    callback.on_test_batch_end = lambda batch, logs: counted.append(batch)
    how = {"batch_size": BATCH, "validation_data": images}
    fit(gan, images, callbacks=[callback], **how)
    assert gan.step.numpy() == 3 and counted == [0, 1, 2, 3, 4, 5]
    # Over the end of the data, where so many steps are asked for.
    fit(gan, images, batch_size=BATCH, steps_per_epoch=4)
    assert gan.step.numpy() == 7
    with pytest.raises(UserError, match="takes 2 minibatches, `validation_dat"):
        fit(gan, images, batch_size=BATCH, validation_split=0.5)


def test_examples_of_integers_are_refused():
    gan = compiled(tiny_gan())
    with pytest.raises(UserError, match="must be floats.* Received: uint8"):
        fit(gan, np.uint8(real_images(BATCH)))


def test_a_step_needs_its_minibatches():
    gan = compiled(tiny_gan(), discriminator_steps=3, run_eagerly=True)
    with pytest.raises(UserError, match="3 minibatches. Received: 2"):
        fit(gan, minibatches(real_images(2 * BATCH)))
