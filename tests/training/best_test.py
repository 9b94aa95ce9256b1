"""The best checkpoint, whenever the process ends."""

import json
import math
import types

import numpy as np
import pytest
import tensorflow as tf

from tests import small_run
from tests.training.checkpoints_test import kernel_of, make_gan
from tfgan_ref import inference, outputs
from tfgan_ref.errors import UserError
from tfgan_ref.training import best, checkpoints
from tfgan_ref.training.best import Best


def offer(kept, gan, step, value):
    """Weights by which the step can be told."""
    gan.step.assign(step)
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(np.full(kernel.shape, step / 8, np.float32))
    kept.offer(step, value)


def restored(folder):
    gan = make_gan()
    checkpoints.Checkpoints(gan, folder).restore()
    return kernel_of(gan)[0, 0] * 8


@pytest.mark.parametrize(("highest", "step"), [(False, 30), (True, 40)])
def test_the_best_of_the_scores_stays_alone(highest, step, tmp_path):
    gan = make_gan()
    kept = Best(gan, tmp_path / "best", "fid/pixels", highest)
    values = {10: 5.0, 20: math.nan, 30: 2.0, 40: 7.0, 50: 7.0, 60: 2.0}
    for at, value in values.items():
        offer(kept, gan, at, value)
    assert checkpoints.steps(tmp_path / "best") == [step]
    assert restored(tmp_path / "best") == step
    assert best.read(tmp_path / "best") == {
        "metric": "fid/pixels",
        "value": values[step],
        "step": step,
    }
    state = (tmp_path / "best" / "checkpoint").read_text()
    assert state.count(f"ckpt-{step}") == 2 == state.count("ckpt-")


def test_a_worse_score_of_another_process_changes_nothing(tmp_path):
    before = make_gan()
    offer(Best(before, tmp_path, "fid", False), before, 10, 3.0)
    gan = make_gan()
    kept = Best(gan, tmp_path, "fid", False)
    offer(kept, gan, 20, 3.5)
    assert best.read(tmp_path)["step"] == 10
    offer(kept, gan, 30, 2.5)
    assert best.read(tmp_path)["step"] == 30


@pytest.mark.parametrize("at", ["write_json", "keep_only"])
def test_the_best_that_is_named_is_there_whenever_the_process_ends(
    at, tmp_path, monkeypatch
):
    gan = make_gan()
    kept = Best(gan, tmp_path, "fid", False)
    offer(kept, gan, 10, 3.0)

    def end(*_):
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        if at == "write_json":
            patch.setattr(best, "write_json", end)
        else:
            patch.setattr(kept._checkpoints, "keep_only", end)
        offer(kept, gan, 20, 2.0)
    assert checkpoints.steps(tmp_path) == [10, 20]
    named = 10 if at == "write_json" else 20
    assert best.read(tmp_path)["step"] == named
    # The next start leaves one of them, and comes to the same end.
    again = make_gan()
    kept = Best(again, tmp_path, "fid", False)
    assert checkpoints.steps(tmp_path) == [named]
    offer(kept, again, 20, 2.0)
    assert checkpoints.steps(tmp_path) == [20]
    assert restored(tmp_path) == 20


def test_a_score_without_its_checkpoint_counts_as_none(tmp_path):
    gan = make_gan()
    offer(Best(gan, tmp_path, "fid", False), gan, 10, 3.0)
    for path in tmp_path.glob("ckpt-10*"):
        path.unlink()
    offer(Best(gan, tmp_path, "fid", False), gan, 20, 9.0)
    assert best.read(tmp_path)["step"] == 20


def test_the_best_by_another_metric_is_refused(tmp_path):
    gan = make_gan()
    best.check(gan, tmp_path, "kid/pixels")
    offer(Best(gan, tmp_path, "fid/pixels", False), gan, 10, 3.0)
    best.check(gan, tmp_path, None)
    best.check(gan, tmp_path, "fid/pixels")
    with pytest.raises(UserError, match="by fid/pixels. Received: kid/pixels"):
        best.check(gan, tmp_path, "kid/pixels")
    (tmp_path / "best.json").write_text('{"metric": "fid/pixels"}')
    with pytest.raises(UserError, match="best.json is damaged .value is miss"):
        best.check(gan, tmp_path, "fid/pixels")


def test_several_workers_would_all_have_to_save(tmp_path):
    strategy = object.__new__(tf.distribute.MultiWorkerMirroredStrategy)
    gan = types.SimpleNamespace(distribute_strategy=strategy)
    best.check(gan, tmp_path, None)
    with pytest.raises(UserError, match="one worker. Received: several, kee"):
        best.check(gan, tmp_path, "fid/pixels")


def test_the_best_can_be_drawn_from_apart_from_the_newest(tmp_path):
    workdir = small_run.save(small_run.make("normal"), tmp_path, step=9)
    with pytest.raises(UserError, match="keeps no best checkpoint"):
        inference.load(tmp_path, checkpoint="best")
    newest = inference.load(tmp_path).sample([4])
    # What is another step's to everybody else.
    gan = small_run.make("normal")
    gan.compile("adam", "adam")
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(kernel + 0.1)
    gan.step.assign(5)
    Best(gan, workdir.best, "fid/pixels", False).offer(5, 1.0)
    loaded = inference.load(tmp_path, checkpoint="best")
    assert loaded.card["step"] == 5
    expected = np.clip(0.5 * gan.sample([4]).numpy() + 0.5, 0, 1)
    np.testing.assert_allclose(loaded.sample([4]), expected, atol=1e-5)
    assert np.abs(inference.load(tmp_path).sample([4]) - newest).max() == 0
    assert np.abs(expected - newest).max() > 1e-3
    outputs.write_json(workdir.best / "best.json", {"metric": "fid"})
    with pytest.raises(UserError, match="best.json is damaged"):
        inference.load(tmp_path, checkpoint="best")
    assert json.loads((workdir.best / "best.json").read_text())
