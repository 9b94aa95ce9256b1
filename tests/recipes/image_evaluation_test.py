"""Recipes that measure their images as they train."""

import json
import signal

import numpy as np
import pytest
import tensorflow as tf

from tests import small_images
from tests.recipes import alone
from tests.recipes.dcgan_test import (
    endless,
    main_with,
    recipe,
    run,
    steps_saved,
    variables,
)
from tests.waiting import wait_for
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import made_classifier
from tfgan_ref.training import best, checkpoints
from tfgan_ref.training.workdir import WorkDir

# Of pixels: no classifier is made.
MEASURED = ["--metrics=kid,recall", "--extractor=pixels", "--eval_count=50"]
MEASURED += ["--eval_share=1", "--keep_best=kid/pixels", "--eval_every=2"]
OFTEN = ["--checkpoint_every=3", "--sample_every=100", *MEASURED]


def scores(workdir):
    """Step -> what was logged of evaluations."""
    return {
        record["step"]: {
            name: value
            for name, value in record.items()
            if name.startswith("eval/")
        }
        for record in WorkDir(workdir).read_metrics()
        if "perf/evaluation_share" in record
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that was measured and never stopped."""
    workdir = tmp_path_factory.mktemp("whole") / "run"
    assert main_with(f"--workdir={workdir}", "--train_steps=9", *OFTEN) == 0
    return workdir


def test_a_run_that_is_measured_is_the_one_that_is_not(whole, tmp_path):
    plain = tmp_path / "plain"
    main_with(f"--workdir={plain}", "--train_steps=9", "--checkpoint_every=3")
    expected, received = variables(plain), variables(whole)
    assert expected.keys() == received.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(value, received[name], name)
    losses = [
        {r["step"]: r["loss/generator"] for r in WorkDir(w).read_metrics()}
        for w in (plain, whole)
    ]
    assert losses[0] == losses[1]


def test_the_scores_are_logged_beside_those_of_real_images(whole):
    logged = scores(whole)
    assert list(logged) == [2, 4, 6, 8, 9]
    names = {"eval/kid/pixels", "eval/recall/pixels"}
    for found in logged.values():
        assert found.keys() == names | {f"{name}/real" for name in names}
        assert found["eval/kid/pixels/real"] < found["eval/kid/pixels"]
    of_real = {found["eval/kid/pixels/real"] for found in logged.values()}
    assert len(of_real) == 1
    files = list((whole / "events").glob("*.v2"))
    tags = {
        value.tag
        for file in files
        for event in tf.compat.v1.train.summary_iterator(str(file))
        for value in event.summary.value
    }
    assert names | {"perf/evaluation_share"} <= tags


def test_the_best_is_kept_apart_from_the_last(whole):
    kids = {k: found["eval/kid/pixels"] for k, found in scores(whole).items()}
    step = min(kids, key=kids.__getitem__)
    assert best.read(WorkDir(whole).best) == {
        "metric": "kid/pixels",
        "value": kids[step],
        "step": step,
    }
    assert checkpoints.steps(WorkDir(whole).best) == [step]
    assert checkpoints.steps(WorkDir(whole).checkpoints) == [3, 6, 9]


@pytest.mark.conformance
def test_a_killed_run_has_the_scores_and_the_best_of_the_whole(tmp_path):
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    with endless(killed, tmp_path / "log", *OFTEN) as process:
        # After an evaluation, and some steps after a checkpoint.
        wait_for(lambda: best.read(WorkDir(killed).best), process)
        wait_for(lambda: steps_saved(killed), process)
        process.kill()
        assert process.ended() == -signal.SIGKILL
    last = max(steps_saved(killed)) + 4
    for workdir in (killed, whole):
        flags = [f"--workdir={workdir}", f"--train_steps={last}", *OFTEN]
        done = run(recipe(*flags))
        assert done.returncode == 0, done.stderr
        assert ("Resumed at step" in done.stderr) == (workdir == killed)
    assert scores(killed) == scores(whole)
    for read in (best.read, checkpoints.steps):
        assert read(WorkDir(killed).best) == read(WorkDir(whole).best)
    expected, received = variables(whole), variables(killed)
    for name, value in expected.items():
        np.testing.assert_array_equal(value, received[name], name)


def test_the_end_says_what_it_took_and_where_the_best_is(whole, capsys):
    # Which has nothing to do any more.
    main_with(f"--workdir={whole}", "--train_steps=9", *OFTEN)
    said = capsys.readouterr().out
    (line,) = [x for x in said.splitlines() if "Evaluations" in x]
    assert line.startswith("Evaluations: 5, which took ") and "%" in line
    kept = best.read(WorkDir(whole).best)
    score = f"kid/pixels {kept['value']:.4g} at step {kept['step']}"
    assert f"{whole}/checkpoints/best, {score}" in said
    assert f"--checkpoint=best --model={whole}" in said


@pytest.mark.conformance
def test_a_classifier_is_made_where_there_is_none(
    tmp_path, monkeypatch, caplog
):
    # In one epoch of few steps.
    monkeypatch.setattr(made_classifier, "_EPOCHS", 1)
    monkeypatch.setattr(made_classifier, "_LEAST_STEPS", 1)
    monkeypatch.setattr(made_classifier, "_BATCH_SIZE", 800)
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "kept"))
    flags = ["--metrics=kid", "--eval_count=30", "--train_steps=2"]
    main_with(f"--workdir={tmp_path}/a", *flags, "--dry_run")
    assert not (tmp_path / "kept").exists()
    main_with(f"--workdir={tmp_path}/a", *flags)
    plain = tmp_path / "plain"
    main_with(f"--workdir={plain}", "--train_steps=2")
    for name, value in variables(plain).items():
        np.testing.assert_array_equal(value, variables(tmp_path / "a")[name])
    (path,) = (tmp_path / "kept" / "classifiers").glob("*.keras")
    record = json.loads(path.with_suffix(".json").read_text())
    told = WorkDir(tmp_path / "a").read_config()["settings"]["evaluation"]
    assert told["sha256"] == record["sha256"]
    assert scores(tmp_path / "a")[2].keys() == {
        "eval/kid/classifier",
        "eval/kid/classifier/real",
    }
    # Another classifier's scores have no place in that column.
    path.write_bytes(path.read_bytes()[:-1])
    monkeypatch.setattr(made_classifier, "_SEED", 1)
    longer = [f"--workdir={tmp_path}/a", *flags[:2], "--train_steps=3"]
    with pytest.raises(UserError, match="whose scores have sha256=") as caught:
        main_with(*longer)
    assert record["sha256"] in str(caught.value)
    # Without scores it goes on, and they are not forgotten.
    main_with(f"--workdir={tmp_path}/a", "--train_steps=3")
    with pytest.raises(UserError, match="sha256="):
        main_with(*longer)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--metrics=fid", "--keep_best=kid/classifier"], "one of fid/class"),
        (["--metrics=one_nn", "--keep_best=one_nn/pixels"], "was expected"),
        (["--metrics=fid", "--extractor=nosuch"], "Extractors are"),
        (["--metrics=fid", "--extractor=user:nosuch"], "nosuch"),
        (["--metrics=inception_score", "--extractor=pixels"], "classif"),
        (["--metrics=class_accuracy"], "is of conditional GANs"),
        (["--metrics=precision", "--extractor=pixels", "--eval_count=3"], "3"),
        (
            ["--metrics=fid", "--steps_per_execution=2", "--extractor=pixels"]
            + ["--eval_every=3", "--log_every=2"],
            "`eval_every` must be",
        ),
    ],
)
def test_what_cannot_be_measured_is_known_before_anything_is_written(
    flags, message, tmp_path
):
    with pytest.raises(UserError, match=message) as caught:
        main_with(f"--workdir={tmp_path / 'run'}", *flags)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_other_scores_are_refused_in_a_run_that_has_some(whole):
    before = (whole / "config.json").read_bytes()
    others = [f for f in OFTEN if "eval_count" not in f]
    with pytest.raises(
        UserError, match="eval_count=50. Received: eval_count=4"
    ):
        main_with(
            f"--workdir={whole}", "--train_steps=12", *others, "--eval_count=40"
        )
    others = [f for f in OFTEN if "keep_best" not in f]
    with pytest.raises(UserError, match="the best checkpoint by kid/pixels"):
        main_with(
            f"--workdir={whole}",
            "--train_steps=12",
            *others,
            "--keep_best=recall/pixels",
        )
    assert (whole / "config.json").read_bytes() == before


def test_errors_of_classification_and_scores_go_together(tmp_path):
    data = small_images.write_idx(
        tmp_path / "data",
        train=small_images.bright(1, 60),
        t10k=small_images.bright(2, 30),
    )
    from absl import flags

    with alone.imported("recipes.feature_matching") as module:
        flags.FLAGS(
            [
                "feature_matching",
                f"--workdir={tmp_path / 'run'}",
                f"--dataset={data}",
                "--labels=9",
                "--batch_size=10",
                "--train_steps=2",
                "--steps_per_execution=1",
                "--metrics=recall",
                "--extractor=pixels",
                "--eval_count=20",
                "--keep_best=recall/pixels",
            ]
        )
        assert module.main() == 0
    (found,) = scores(tmp_path / "run").values()
    assert {"eval/errors/raw", "eval/errors/averaged"} <= found.keys()
    assert {"eval/recall/pixels", "eval/recall/pixels/real"} <= found.keys()
    assert best.read(WorkDir(tmp_path / "run").best)["step"] == 2
