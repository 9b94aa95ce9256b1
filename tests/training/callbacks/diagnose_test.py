"""A run that is diagnosed, read back from its files."""

import json
import logging

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)
from tensorboard.util import tensor_util

from tests.linear_game import tiny_gan
from tfgan_ref.data import images
from tfgan_ref.training import run as training

STEPS = 24
BEYOND = ("loss/generator", "loss/discriminator", "logits/real", "logits/fake")


def data():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (40, 2, 2, 1), np.uint8)
    return images.Images("noise", pixels, np.zeros(40, int))


def train(workdir, steps=STEPS, rate=1e4, **options):
    keras.utils.set_random_seed(1)
    gan = tiny_gan(seed=1)
    gan.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    how = {"log_every": 1, "sample_every": 4, "checkpoint_every": 12}
    config = training.Config(
        workdir=str(workdir), train_steps=steps, batch_size=8, **how | options
    )
    training.train(gan, data(), config)
    lines = (workdir / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def diverged(tmp_path_factory):
    """Its records, its log, its events."""
    workdir = tmp_path_factory.mktemp("run")
    logger, lines = logging.getLogger("absl"), []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger.addHandler(handler)
    try:
        records = train(workdir)
    finally:
        logger.removeHandler(handler)
    events = EventAccumulator(str(workdir / "events"), {"tensors": 0})
    events.Reload()
    return records, lines, events


def test_a_finding_is_one_line_of_the_log(diverged):
    records, lines, _ = diverged
    assert max(abs(r["loss/generator"]) for r in records) > 1000
    (line,) = (line for line in lines if "divergence" in line)
    assert line.startswith("Step ") and "\n" not in line
    assert "above 1e+03" in line and "section 5.1" in line


def test_a_finding_is_a_text_and_a_curve_of_tensorboard(diverged):
    records, lines, events = diverged
    (text,) = events.Tensors("diagnosis/divergence")
    said = tensor_util.make_ndarray(text.tensor_proto).item().decode()
    assert said in lines
    curve = events.Tensors("severity/divergence")
    assert [event.step for event in curve] == list(range(text.step, STEPS + 1))
    size = max(abs(records[text.step - 1][name]) for name in BEYOND)
    severity = tensor_util.make_ndarray(curve[0].tensor_proto)
    assert 1 < severity <= size / 1000


def test_records_hold_what_was_measured(diverged):
    records, _, _ = diverged
    for record in records:
        assert "diagnosis/doubt" in record
        looked = "diagnosis/spread" in record
        assert looked == (record["step"] % 4 == 0)


def test_a_resumed_run_measures_as_one_that_was_never_stopped(tmp_path):
    def numbers(records):
        return [
            {name: x for name, x in r.items() if name.startswith("diagnosis")}
            for r in records
        ]

    how = {"rate": 0.1, "log_every": 3, "sample_every": 6}
    whole = train(tmp_path / "whole", steps=6, **how)
    train(tmp_path / "parts", steps=3, **how)
    parts = train(tmp_path / "parts", steps=6, **how)
    assert numbers(whole) == numbers(parts)
    assert "diagnosis/spread" in whole[1]


def test_without_it_nothing_is_measured(tmp_path):
    (record,) = train(tmp_path, steps=1, diagnose=False)
    assert not any(name.startswith("diagnosis") for name in record)
