"""Runs whose learning rates are scheduled."""

import json
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.optimizers import schedules

import tfgan_ref
from tests.replicas import values_of
from tests.training.fixed_test import make_data, make_gan, train
from tfgan_ref.errors import UserError
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir

RATE = 0.01


def cosine(warmup=2, decay=4):
    return schedules.CosineDecay(
        0.0, decay, alpha=0.5, warmup_target=RATE, warmup_steps=warmup
    )


def expected(step):
    """Of the update after so many."""
    if step < 2:
        return RATE * step / 2
    share = min(step - 2, 4) / 4
    return RATE * (0.75 + 0.25 * math.cos(math.pi * share))


def scheduled(**schedule):
    """The same GAN each time."""
    keras.utils.set_random_seed(1)
    return make_gan(rate=cosine(**schedule))


def state_of(gan):
    return values_of(gan.variables + gan.generator_optimizer.variables)


def test_a_resumed_run_is_one_that_was_never_stopped(tmp_path):
    whole, stopped = scheduled(), scheduled()
    train(tmp_path / "whole", whole, train_steps=5, log_every=1)
    train(tmp_path / "parts", stopped, train_steps=3, log_every=1)
    resumed = scheduled()
    train(tmp_path / "parts", resumed, train_steps=5, log_every=1)
    for one, other in zip(state_of(resumed), state_of(whole), strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("whole", "parts"):
        records = WorkDir(tmp_path / name).read_metrics()
        logged = [record["learning_rate/generator"] for record in records]
        assert logged == pytest.approx([*map(expected, range(1, 6))], rel=1e-5)
        of_other = {record["learning_rate/discriminator"] for record in records}
        assert of_other == {0.5}
    tags = scalars_of(tmp_path / "whole" / "events")
    assert tags["learning_rate/generator"] == pytest.approx(
        [*map(expected, range(1, 6))], rel=1e-5
    )
    # Its files tell what it is.
    other = scheduled(decay=5)
    with pytest.raises(UserError, match=r"learning_rate.decay_steps=4"):
        train(tmp_path / "parts", other, train_steps=6)
    restored = networks.restore(WorkDir(tmp_path / "whole"))
    assert restored.step == 5


def scalars_of(folder):
    found = {}
    for file in sorted(folder.glob("events*")):
        for event in tf.compat.v1.train.summary_iterator(str(file)):
            for value in event.summary.value:
                kind = value.metadata.plugin_data.plugin_name
                if kind == "scalars" or value.tag.startswith("learning"):
                    number = float(tf.make_ndarray(value.tensor))
                    found.setdefault(value.tag, []).append(number)
    return found


def test_a_file_of_keras_goes_on_where_it_was(tmp_path):
    gan = scheduled()
    images = make_data().images[:4] / np.float32(127.5) - 1
    for _ in range(3):
        gan.train_on_batch(images)
    gan.save(tmp_path / "gan.keras")
    loaded = tfgan_ref.load(tmp_path / "gan.keras")
    rate = float(loaded.generator_optimizer.learning_rate)
    assert rate == pytest.approx(expected(3))
    described = [json.dumps(x.get_compile_config()) for x in (gan, loaded)]
    assert described[0] == described[1]


def test_replicas_have_one_rate(two_replicas, tmp_path):
    gans = [scheduled()]
    with two_replicas.scope():
        gans.append(scheduled())
    logged = []
    for number, gan in enumerate(gans):
        train(tmp_path / str(number), gan, log_every=1)
        logged.append(
            [
                record["learning_rate/generator"]
                for record in WorkDir(tmp_path / str(number)).read_metrics()
            ]
        )
    assert logged[0] == logged[1] == pytest.approx([RATE / 2, RATE])
    for one, other in zip(*map(state_of, gans), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)
