"""tools/diagnose.py on runs of which only the records are there."""

import json
import math

import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.outputs import write_json
from tools import diagnose

SETTINGS = {"batch_size": 10, "train_steps": 400, "game": "minimax"}


def write(workdir, records, settings=SETTINGS, damage=""):
    write_json(
        workdir / "config.json", {"settings": settings, "starts": [{"step": 0}]}
    )
    lines = [json.dumps({"seconds": 1.0} | record) for record in records]
    (workdir / "metrics.jsonl").write_text("\n".join([*lines, damage]) + "\n")


def printed(workdir, capsys):
    diagnose.main(diagnose._parse_flags([f"--workdir={workdir}"]))
    return capsys.readouterr().out.splitlines()


def record(step, doubt, **more):
    return {"step": step, "diagnosis/doubt": doubt, "loss/generator": -1} | more


def test_every_symptom_is_answered_once(tmp_path, capsys):
    doubts = [0.5] * 10 + [0.01] * 15 + [0.5] * 15
    records = [record(10 * k, doubt) for k, doubt in enumerate(doubts)]
    write(tmp_path, records)
    head, began, ended, *others = printed(tmp_path, capsys)
    assert head.endswith("40 records, steps 0 to 390")
    assert began.startswith("  Step 150: discriminator saturated: ")
    assert ended.startswith("  Step 380: no more discriminator saturated: ")
    assert [line.partition(":")[0] for line in others] == [
        "  vanishing gradient",
        "  mode collapse",
        "  oscillation",
        "  no divergence",
        "  copying",
    ]
    assert "not measured, needs 40 records with logits" in others[2]


def test_what_lasts_is_said_to(tmp_path, capsys):
    write(tmp_path, [record(20 * k, 0.01) for k in range(20)])
    lines = printed(tmp_path, capsys)
    assert lines[2] == "  It lasts to the end."


@pytest.mark.parametrize("value", [math.nan, math.inf, -2e4])
def test_a_single_record_is_enough_for_divergence(value, tmp_path, capsys):
    write(tmp_path, [{"step": 9, "loss/generator": value}])
    lines = printed(tmp_path, capsys)
    assert lines[0].endswith("1 records, steps 9 to 9")
    assert [line for line in lines if "Step 9: divergence: " in line]


def test_damaged_lines_are_left_out_and_said(tmp_path, capsys, caplog):
    write(tmp_path, [record(9, 0.5), record(18, 0.5)], damage='{"step": 2')
    assert "2 records" in printed(tmp_path, capsys)[0]
    assert "damaged" in caplog.text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "config.json"),
        ({"config.json": "{"}, "config.json is damaged"),
        (
            {"config.json": '{"settings": {}, "starts": [{"step": 0}]}'},
            "holds no record yet",
        ),
        (
            {
                "config.json": '{"settings": {}, "starts": [{"step": 0}]}',
                "metrics.jsonl": "nonsense\n",
            },
            "holds no record yet",
        ),
    ],
)
def test_what_is_no_run_is_one_line(files, said, tmp_path, capsys):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=said) as error:
        printed(tmp_path, capsys)
    assert "\n" not in str(error.value)


def test_settings_of_another_kind_are_no_end(tmp_path, capsys):
    strange = {"batch_size": "x", "train_steps": None, "data": [1]}
    write(tmp_path, [record(9, 0.5)], settings=strange)
    assert len(printed(tmp_path, capsys)) == 7
