"""Checkpoints and files of weights."""

import functools

import pytest
import tensorflow as tf

from tests.linear_game import (
    assert_close,
    compiled,
    compiled_with_adam,
    normalised_gan,
    train,
)
from tests.replicas import values_of


@pytest.fixture(params=[1, 2], ids=["one_replica", "two_replicas"])
def strategy(request, two_replicas):
    return two_replicas if request.param == 2 else tf.distribute.get_strategy()


def test_a_checkpoint_holds_every_variable_once_and_no_other(tmp_path):
    gan = compiled_with_adam(normalised_gan(ema_decay=0.9))
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    saved = dict(tf.train.list_variables(path))
    del saved["_CHECKPOINTABLE_OBJECT_GRAPH"]
    del saved["save_counter/.ATTRIBUTES/VARIABLE_VALUE"]
    # 4 weights of G, 4 of D, 4 of the average, step; and per optimizer two
    # slots for each of 2 weights, the iteration and the learning rate.
    assert len(saved) == 4 + 4 + 4 + 1 + 2 * (2 * 2 + 2)
    owners = {name.split("/")[1] for name in saved}
    assert owners == {
        "generator",
        "discriminator",
        "ema_generator",
        "generator_optimizer",
        "discriminator_optimizer",
        "step",
    }


def test_a_restored_run_goes_on_bit_for_bit(tmp_path, strategy):
    def new_gan():
        with strategy.scope():
            return compiled_with_adam(normalised_gan(ema_decay=0.9, seed=3))

    gan = new_gan()
    train(gan, 2)
    path = tf.train.Checkpoint(gan=gan).save(tmp_path / "ckpt")
    saved = values_of(gan.variables)
    train(gan, 3)

    restored = new_gan()
    tf.train.Checkpoint(gan=restored).restore(path).assert_consumed()
    assert_close(values_of(restored.variables), saved, rtol=0, atol=0)
    train(restored, 3)

    assert restored.step.numpy() == 5
    for attribute in (
        "variables",
        "generator_optimizer.variables",
        "discriminator_optimizer.variables",
    ):
        assert_close(
            values_of(_get(restored, attribute)),
            values_of(_get(gan, attribute)),
            rtol=0,
            atol=0,
        )


def _get(gan, attribute):
    return functools.reduce(getattr, attribute.split("."), gan)


def test_weights_survive_a_file(tmp_path):
    gan = compiled(normalised_gan(ema_decay=0.9))
    train(gan, 2)
    gan.save_weights(tmp_path / "gan.weights.h5")
    other = compiled(normalised_gan(ema_decay=0.9))
    other.load_weights(tmp_path / "gan.weights.h5")
    assert other.step.numpy() == 2
    assert_close(
        values_of(other.variables), values_of(gan.variables), rtol=0, atol=0
    )
