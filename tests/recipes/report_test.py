import json
import pathlib

import pytest

from recipes.common import report
from tfgan_ref.training import run


def printed(tmp_path, capsys, step, train_steps, **losses):
    record = {"step": step, "seconds": 61.2} | {
        name.replace("__", "/"): value for name, value in losses.items()
    }
    (tmp_path / "metrics.jsonl").write_text(json.dumps(record) + "\n")
    result = run.Result(step, 61.2, None, pathlib.Path("nosuch.png"), None)
    config = run.Config(workdir=str(tmp_path), train_steps=train_steps)
    assert report.print_result(config, result) == 0
    return capsys.readouterr().out.splitlines()


def test_a_run_beyond_its_last_step_is_not_called_done(tmp_path, capsys):
    assert printed(tmp_path, capsys, 4, 2)[0] == (
        "Nothing to do: the run is at step 4 already, after 61 s of training. "
        "Received: --train_steps=2"
    )
    first = printed(tmp_path, capsys, 4, 4)[0]
    assert first == "Done: step 4 of 4, 61 s of training."


@pytest.mark.parametrize("asked", [0, 75])
def test_workers_that_were_stopped_end_with_the_status_asked_for(asked):
    result = run.Result(
        3, 1.0, None, pathlib.Path("nosuch.png"), None, is_preempted=True
    )
    config = run.Config("nowhere", train_steps=9)
    assert report.print_result(config, result, asked) == asked


def test_a_name_that_begins_like_a_flag_is_none(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = pathlib.Path("-run")
    folder.mkdir()
    *_, command = printed(folder, capsys, 4, 4)
    assert " --logdir ./-run " in command


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ({"loss__generator": 9.0, "loss__discriminator": -999.0}, None),
        (
            {"loss__generator": 19605.25, "loss__discriminator": 0.5},
            "1.96e+04",
        ),
        (
            {"loss__generator": -2e3, "loss__discriminator": 3e3},
            "3e+03",
        ),
        ({"loss__generator": -2e3, "critic__estimate": 4e3}, None),
        ({"eval__errors": 9e9}, None),
    ],
)
def test_losses_beyond_any_game_are_one_line(losses, said, tmp_path, capsys):
    lines = printed(tmp_path, capsys, 4, 4, **losses)
    warnings = [line for line in lines if line.startswith("Diagnosis: ")]
    assert len(warnings) == (said is not None)
    assert all("divergence" in line and said in line for line in warnings)


def test_what_a_run_has_at_its_end_is_said_if_it_is_asked_for(tmp_path, capsys):
    config = {
        "settings": {"batch_size": 9, "train_steps": 100},
        "starts": [{"step": 0}],
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    lines = [
        json.dumps({"step": 10 * k, "seconds": 1.0, "diagnosis/doubt": 0.001})
        for k in range(11)
    ]
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    result = run.Result(100, 61.2, None, pathlib.Path("nosuch.png"), None)
    for asked in (True, False):
        config = run.Config(str(tmp_path), train_steps=100, diagnose=asked)
        report.print_result(config, result)
        out = capsys.readouterr().out
        assert ("\nDiagnosis: discriminator saturated: " in out) == asked


def test_the_command_that_opens_tensorboard_shows_all_pictures(
    tmp_path, capsys
):
    (command,) = (
        line
        for line in printed(tmp_path, capsys, 30_000, 30_000)
        if "tensorboard" in line
    )
    # One at each 250 steps, one at the start, maybe one more at the end.
    assert command.endswith("--samples_per_plugin=images=122")
