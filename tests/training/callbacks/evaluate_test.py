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
from tfgan_ref.training import best, checkpoints, evaluating
from tfgan_ref.training import run as training
from tfgan_ref.training.callbacks import evaluate as evaluate_module
from tfgan_ref.training.workdir import WorkDir


def evaluate(gan):
    """Numbers that tell at which step they were taken."""
    step = int(gan.step.numpy())
    picture = np.full((3, 5, 1), 10 * step, np.uint8)
    return Evaluation(
        {"eval/errors/raw": 100 - step, "eval/error_rate/raw": step / 16},
        {"confusion_matrix": picture},
    )


def train(
    workdir, train_steps, steps_per_execution=1, evaluate=evaluate, **options
):
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


def test_a_further_step_is_evaluated_as_the_others_are(tmp_path):
    # The share that they may take holds for every third step alone.
    train(tmp_path, 7, eval_at=(5,), eval_share=1e-9)
    told = {r["step"]: r for r in WorkDir(tmp_path).read_metrics()}
    assert [n for n in told if "eval/errors/raw" in told[n]] == [3, 5, 7]
    assert "gradient_norm/generator" in told[5]
    with pytest.raises(UserError, match="`eval_at` must be a multiple .*: 5$"):
        train(tmp_path / "two", 6, 2, eval_at=(5,), eval_every=2)


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
        "perf/evaluation_share",
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


class Slow:
    """Evaluations that take as long as they are told, on a clock of ours."""

    def __init__(self, seconds):
        self.seconds, self.steps, self.now = seconds, [], 100.0

    def perf_counter(self):
        return self.now

    def __call__(self, gan):
        self.steps.append(int(gan.step.numpy()))
        self.now += self.seconds
        return Evaluation({"eval/score": float(self.steps[-1])})


class Ticks(keras.callbacks.Callback):
    """Each step takes a second."""

    def __init__(self, slow):
        super().__init__()
        self.slow = slow

    def on_train_batch_begin(self, batch, logs=None):
        self.slow.now += 1.0


def timed(monkeypatch, seconds, workdir, steps, **options):
    """Runs on that clock; at which steps it was evaluated."""
    slow = Slow(seconds)
    monkeypatch.setattr(evaluate_module, "time", slow)
    real = evaluating.callbacks
    monkeypatch.setattr(
        evaluating, "callbacks", lambda *given: [Ticks(slow), *real(*given)]
    )
    train(workdir, steps, evaluate=slow, eval_every=1, **options)
    monkeypatch.undo()
    return slow.steps


def shares(workdir):
    return [
        record["perf/evaluation_share"]
        for record in WorkDir(workdir).read_metrics()
        if "perf/evaluation_share" in record
    ]


def test_the_share_of_the_time_is_logged(tmp_path, monkeypatch):
    assert timed(monkeypatch, 3.0, tmp_path, 3) == [1, 2, 3]
    # 3 of 1 + 3 seconds, 6 of 2 + 6...
    assert shares(tmp_path) == pytest.approx([0.75, 0.75, 0.75])


def test_an_evaluation_beyond_the_share_is_left_out_but_the_last(
    tmp_path, monkeypatch, caplog
):
    steps = timed(monkeypatch, 3.0, tmp_path, 14, eval_share=0.41)
    # 3 of 8 seconds, 6 of 15, 9 of 22; the last whatever it took.
    assert steps == [1, 5, 9, 13, 14]
    (line,) = [r.getMessage() for r in caplog.records if "left out" in r.msg]
    assert "that of step 2 is left out" in line and "41 %" in line


def test_what_evaluations_took_before_counts_after_a_resume(
    tmp_path, monkeypatch
):
    timed(monkeypatch, 3.0, tmp_path, 2, checkpoint_every=1, log_every=1)
    first = WorkDir(tmp_path).read_metrics()[-1]
    timed(monkeypatch, 0.0, tmp_path, 4, checkpoint_every=1, log_every=1)
    spent = first["perf/evaluation_share"] * first["seconds"]
    total = first["seconds"] + 2.0
    assert shares(tmp_path)[-1] == pytest.approx(spent / total, rel=1e-3)


def test_the_best_step_is_kept_beside_the_last(tmp_path):
    scores = {2: 5.0, 4: 1.0, 6: 3.0, 7: 2.0}

    def score(gan):
        return Evaluation({"eval/fid/x": scores[int(gan.step.numpy())]})

    options = {"eval_every": 2, "checkpoint_every": 3, "keep_best": "fid/x"}
    train(tmp_path, 6, evaluate=score, **options)
    workdir = WorkDir(tmp_path)
    assert best.read(workdir.best)["step"] == 4
    assert checkpoints.steps(workdir.best) == [4]
    assert checkpoints.steps(workdir.checkpoints) == [3, 6]
    # A second start knows what was reached before.
    train(tmp_path, 7, evaluate=score, **options)
    assert best.read(workdir.best) == {
        "metric": "fid/x",
        "value": 1.0,
        "step": 4,
    }
    before = workdir.config.read_bytes()
    with pytest.raises(UserError, match="best checkpoint by fid/x.*: kid/x"):
        train(tmp_path, 9, evaluate=score, **options | {"keep_best": "kid/x"})
    assert workdir.config.read_bytes() == before
