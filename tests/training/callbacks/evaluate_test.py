"""A run with an evaluation, read back from its files."""

import json

import keras
import numpy as np
import pytest
from keras import layers
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)
from tensorboard.util import tensor_util

from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.gan import GAN
from tfgan_ref.training import run as training


def evaluate(gan):
    """Numbers that tell at which step they were taken."""
    step = int(gan.step.numpy())
    picture = np.full((3, 5, 1), 10 * step, np.uint8)
    return Evaluation(
        {"eval/errors/raw": 100 - step, "eval/error_rate/raw": step / 16},
        {"confusion_matrix": picture},
    )


def train(workdir, train_steps, steps_per_execution=1, **options):
    digits = images.load("digits")
    gan = GAN(
        keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(28 * 28, "tanh"),
                layers.Reshape(digits.image_shape),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(digits.image_shape),
                layers.Flatten(),
                layers.Dense(1),
                layers.Reshape(()),
            ]
        ),
    )
    gan.compile(
        keras.optimizers.Adam(),
        keras.optimizers.Adam(),
        steps_per_execution=steps_per_execution,
    )
    config = training.Config(
        workdir=str(workdir),
        train_steps=train_steps,
        batch_size=4,
        **{
            "log_every": 2,
            "eval_every": 3,
            "sample_every": 100,
            "checkpoint_every": 100,
        }
        | options,
    )
    training.train(gan, digits, config, settings={}, evaluate=evaluate)


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("run")
    train(workdir, 7)
    return workdir


@pytest.fixture(scope="module")
def records(workdir):
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    return {record["step"]: record for record in map(json.loads, lines)}


@pytest.fixture(scope="module")
def events(workdir):
    accumulator = EventAccumulator(str(workdir / "events"))
    accumulator.Reload()
    return accumulator


def test_every_evaluated_step_is_logged_whatever_log_every_is(records):
    # Every second, every third, and the last one.
    assert list(records) == [2, 3, 4, 6, 7]


def test_every_third_and_the_last_step_are_evaluated(records):
    evaluated = {
        step: record["eval/errors/raw"]
        for step, record in records.items()
        if "eval/errors/raw" in record
    }
    assert evaluated == {3: 97, 6: 94, 7: 93}
    assert records[6]["eval/error_rate/raw"] == 6 / 16


def test_an_evaluated_step_has_its_other_metrics_as_well(records):
    assert records[3].keys() - records[4].keys() == {
        "eval/errors/raw",
        "eval/error_rate/raw",
    }
    assert not records[4].keys() - records[3].keys()
    for record in records.values():
        assert record["perf/images_per_second"] > 0


def test_the_numbers_are_curves_in_tensorboard(events):
    for tag, of_step in (
        ("eval/errors/raw", lambda step: 100 - step),
        ("eval/error_rate/raw", lambda step: step / 16),
    ):
        points = {
            event.step: float(tensor_util.make_ndarray(event.tensor_proto))
            for event in events.Tensors(tag)
        }
        assert points == {step: of_step(step) for step in (3, 6, 7)}


def test_the_pictures_are_in_tensorboard(events):
    pictures = events.Tensors("confusion_matrix")
    assert [event.step for event in pictures] == [3, 6, 7]
    width, height, png = pictures[1].tensor_proto.string_val
    assert (int(width), int(height)) == (5, 3)
    assert png.startswith(b"\x89PNG")


def test_eval_every_must_fit_the_steps_per_execution(tmp_path):
    with pytest.raises(UserError, match="`eval_every`.*=2. Received: 3"):
        train(tmp_path / "run", 4, steps_per_execution=2, sample_every=2)
    with pytest.raises(UserError, match="`eval_every`.*positive.*: 0"):
        train(tmp_path / "run", 4, eval_every=0)
    assert not (tmp_path / "run").exists()
