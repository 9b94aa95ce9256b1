"""Data that end, what is reported of an epoch, and costs without updates."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.linear_game import (
    BATCH,
    IMAGE_SHAPE,
    NumPyGame,
    Recorder,
    assert_close,
    compiled,
    latents_of,
    minibatches,
    normalised_gan,
    real_images,
    tiny_gan,
)
from tests.replicas import values_of
from tfgan_ref.errors import UserError

# Keras's, where it is not told how many steps there are.
data_end = pytest.mark.filterwarnings("ignore:Your input ran out of data")


@pytest.fixture
def strategy_of(two_replicas):
    """Function: how many replicas -> strategy."""
    return {1: tf.distribute.get_strategy(), 2: two_replicas}.get


def fit(gan, data, **kwargs):
    """Every execution's report."""
    seen = Recorder()
    history = gan.fit(
        data, shuffle=False, verbose=0, callbacks=[seen], **kwargs
    )
    return seen.steps, history.history


# Data that end.


def state_of(gan):
    return values_of(
        gan.variables
        + gan.generator_optimizer.variables
        + gan.discriminator_optimizer.variables
    )


@data_end
@pytest.mark.parametrize(
    ("replicas", "k", "steps_per_execution", "found", "steps"),
    [
        (1, 1, 1, 3, 3),
        (1, 2, 1, 5, 2),
        (1, 1, 4, 6, 6),
        # The second execution makes one step of its two.
        (2, 2, 2, 7, 3),
    ],
)
def test_a_step_that_finds_no_data_changes_nothing(
    strategy_of, replicas, k, steps_per_execution, found, steps
):
    """Not even the generator's statistics, which depend on latents alone."""

    def new_gan(replicas, **protocol):
        keras.utils.set_random_seed(2)
        with strategy_of(replicas).scope():
            return compiled(
                normalised_gan(ema_decay=0.5),
                functools.partial(keras.optimizers.SGD, momentum=0.5),
                discriminator_steps=k,
                simultaneous=False,
                **protocol,
            )

    data = minibatches(real_images(found * BATCH))
    gan = new_gan(replicas, steps_per_execution=steps_per_execution)
    # How many there are is not known, and how many steps not said.
    reports, _ = fit(gan, data.filter(lambda _: True))

    expected = new_gan(replicas=1, run_eagerly=True)
    fit(expected, data, steps_per_epoch=steps)
    assert gan.step.numpy() == steps
    assert gan.generator_optimizer.iterations.numpy() == steps
    assert gan.discriminator_optimizer.iterations.numpy() == k * steps
    # Nobody hears of the execution in which they end.
    assert len(reports) == steps // steps_per_execution
    assert_close(state_of(gan), state_of(expected), rtol=1e-4, atol=1e-5)


def test_k_minibatches_go_over_the_end_of_an_epoch():
    """5 minibatches and k = 2: two steps of four, and of the fifth and 0-2."""
    images = real_images(5 * BATCH)
    for data, sizes in (
        (images, {"batch_size": BATCH}),
        (minibatches(images), {}),
    ):
        gan = compiled(tiny_gan(), discriminator_steps=2, run_eagerly=True)
        game = NumPyGame(gan)
        fit(gan, data, epochs=2, **sizes)
        reals = images.reshape(5, BATCH, *IMAGE_SHAPE)[[0, 1, 2, 3, 4, 0, 1, 2]]
        for step, pair in enumerate(reals.reshape(4, 2, BATCH, *IMAGE_SHAPE)):
            game.step(pair, [latents_of(step, draw) for draw in (0, 1)], True)
        assert_close(
            values_of(gan.trainable_variables),
            game.weights,
            rtol=1e-5,
            atol=1e-6,
        )
        assert gan.step.numpy() == 4


def test_a_last_minibatch_that_is_short_is_a_step_on_one_replica():
    images = real_images(BATCH + 3)
    gan = compiled(tiny_gan(), run_eagerly=True)
    reports, _ = fit(gan, images, batch_size=BATCH)
    assert gan.step.numpy() == 2
    assert len(reports[1]["logits/real"]) == len(reports[1]["logits/fake"]) == 3


# What is reported of an epoch.


@data_end
@pytest.mark.parametrize("replicas", [1, 2])
def test_the_history_has_the_means_of_every_epoch(strategy_of, replicas):
    """Of all its steps, against those of NumPy, three per execution."""
    with strategy_of(replicas).scope():
        gan = compiled(tiny_gan(), steps_per_execution=3)
    game = NumPyGame(gan)
    images = real_images(5 * BATCH)
    # 5 steps, and then they end: an execution of three and one of two.
    data = minibatches(images).filter(lambda _: True)

    reports, history = fit(gan, data, epochs=2)

    reals = images.reshape(5, 1, BATCH, *IMAGE_SHAPE)
    steps = [
        game.step(reals[i % 5], [latents_of(i, 0)], simultaneous=True)
        for i in range(10)
    ]
    scalars = {name for name in steps[0] if "logits" not in name}
    assert history.keys() == scalars
    for name in scalars:
        values = np.array([step[name] for step in steps])
        assert history[name] == pytest.approx(
            values.reshape(2, 5).mean(1), rel=1e-5
        )
        # Callbacks see the last step of an execution.
        seen = [report[name] for report in reports]
        assert seen == pytest.approx(values[[2, 7]], rel=1e-5)
    assert gan.step.numpy() == 10


# Costs without updates.


@data_end
@pytest.mark.parametrize(("replicas", "steps_per_execution"), [(1, 1), (2, 2)])
def test_evaluate_reports_the_mean_costs_and_updates_nothing(
    strategy_of, replicas, steps_per_execution
):
    with strategy_of(replicas).scope():
        gan = compiled(tiny_gan(), steps_per_execution=steps_per_execution)
    game = NumPyGame(gan)
    gan.step.assign(4)
    before = values_of(gan.variables)
    images = real_images(3 * BATCH)

    found = gan.evaluate(minibatches(images), return_dict=True, verbose=0)

    costs = []
    for k, real in enumerate(images.reshape(3, BATCH, *IMAGE_SHAPE)):
        z = evaluated_latents(4, k)
        costs.append((game.discriminator_cost(real, z), game.generator_cost(z)))
    assert [
        found["loss/discriminator"],
        found["loss/generator"],
    ] == pytest.approx(list(np.mean(costs, 0)), rel=1e-5)
    assert_close(values_of(gan.variables), before, rtol=0)
    again = gan.evaluate(minibatches(images), return_dict=True, verbose=0)
    assert again == found
    if steps_per_execution == 1:
        first = gan.test_on_batch(images[:BATCH], return_dict=True)
        assert first["loss/generator"] == pytest.approx(costs[0][1], rel=1e-5)
        assert first == gan.test_on_batch(images[:BATCH], return_dict=True)


def evaluated_latents(step, minibatch):
    """Of each minibatch of an evaluation others: U(-1, 1)."""
    seed = tf.constant([0, step], tf.int64)
    for part in (tf.constant(minibatch), -1):
        seed = tf.random.experimental.stateless_fold_in(seed, part)
    return tf.random.stateless_uniform([BATCH, 3], seed, -1, 1).numpy()


def test_validation_is_beside_the_means_of_training():
    gan = compiled(tiny_gan(), run_eagerly=True)
    game = NumPyGame(gan)
    images = real_images(2 * BATCH)
    _, history = fit(
        gan,
        minibatches(images),
        validation_data=minibatches(images[:BATCH]),
    )
    expected = game.play(2, 1, True)
    assert history["loss/discriminator"][0] == pytest.approx(
        np.mean([step["loss/discriminator"] for step in expected]), rel=1e-5
    )
    assert history["val_loss/discriminator"][0] == pytest.approx(
        game.discriminator_cost(images[:BATCH], evaluated_latents(2, 0)),
        rel=1e-5,
    )


def test_logits_of_an_evaluation_are_not_the_last_steps():
    gan = compiled(tiny_gan(), run_eagerly=True)
    images = real_images(2 * BATCH + 3)
    reports, _ = fit(gan, images[:BATCH], batch_size=BATCH)
    gan.evaluate(images[BATCH:], batch_size=BATCH, verbose=0)
    gan.test_on_batch(images[:3])
    assert gan.last_logits.keys() == {"logits/real", "logits/fake"}
    for name, logits in gan.last_logits.items():
        np.testing.assert_array_equal(logits, reports[-1][name])


# One minibatch at a time.


def test_a_step_on_one_minibatch_is_a_step():
    gan = compiled(tiny_gan(), run_eagerly=True)
    game = NumPyGame(gan)
    images = real_images(BATCH)
    z = latents_of(0, 0)
    (before,) = (game.judge(images, z),)
    found = gan.train_on_batch(images, return_dict=True)
    assert found["loss/discriminator"] == pytest.approx(
        before["loss/discriminator"], rel=1e-5
    )
    game.step([images], [z], True)
    assert_close(
        values_of(gan.trainable_variables), game.weights, rtol=1e-5, atol=1e-6
    )
    assert gan.step.numpy() == 1
    gan = compiled(tiny_gan(), steps_per_execution=2)
    with pytest.raises(UserError, match="steps_per_execution=1. Received: 2"):
        gan.train_on_batch(images)
