"""Records: what is kept, and that those of results/ are small."""

import json
import pathlib
import re

import pytest

from tests import small_records
from tfgan_ref import provenance, recorded
from tfgan_ref.errors import UserError

ROOT = pathlib.Path(__file__).parents[1]
PATHS = sorted((ROOT / "results").glob("*.json"))
RUN = {
    "wall_seconds": 1234.56789,
    "metrics": {"loss/generator": float("inf")},
    "evaluations": [
        {"step": 1, "eval/errors": 5.0},
        {"step": 2, "eval/errors": 3.0, "eval/reverse_kl": 0.123456789},
    ],
    "curves": {"step": [1, 2, 3], "critic/estimate": [3.0, 2.0, 1e-8 / 3]},
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "results" / "a.json"
    small_records.write(path, "run", **RUN)
    return path


def test_a_record_is_read_as_it_was_written_to_six_digits(path):
    record = recorded.read(path)
    assert record.pop("wall_seconds") == 1234.57
    assert record["evaluations"][1].pop("eval/reverse_kl") == 0.123457
    assert record["curves"]["critic/estimate"].pop() == 3.33333e-09
    expected = small_records.of_kind("run", **RUN)
    del expected["wall_seconds"]
    assert expected["evaluations"][1].keys() - {"eval/reverse_kl"} == {
        "step",
        "eval/errors",
    }
    expected["evaluations"] = [
        {"step": 1, "eval/errors": 5.0},
        {"step": 2, "eval/errors": 3.0},
    ]
    expected["curves"] = {"step": [1, 2, 3], "critic/estimate": [3.0, 2.0]}
    assert record == expected


def test_the_summary_has_what_its_kind_names_and_the_rest_is_beside(path):
    summary = json.loads(path.read_text())
    assert not {"evaluations", "curves"} & summary.keys()
    details = json.loads((path.parent / "details" / "a.json").read_text())
    assert details.keys() == {"evaluations", "curves"}
    assert details["evaluations"]["eval/reverse_kl"] == [None, 0.123457]
    without = recorded.read(path, details=False)
    assert without.keys() == summary.keys() - {"details"}


def test_details_of_a_record_of_before_do_not_stay(path):
    small_records.write(path, "run")
    assert not recorded.details_of(path).exists()
    assert recorded.read(path)["steps"] == 9


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a",
            {"kind": "runs"},
            r"a\.json is damaged \(kind: one of run, first",
        ),
        ("a", {"kind": 3}, "kind: text was expected. Received: 3"),
        ("a", {"seed": "1"}, "seed: a whole number was expected"),
        ("a", {"metrics": {"x": "1"}}, "metrics.x: a number was expected"),
        ("a", {"hardware": {}}, "hardware.cpu is missing"),
        (
            "a",
            {"details": "0"},
            r"details/a\.json does not belong to .*/a\.json",
        ),
        (
            "details/a",
            {"curves": 3},
            r"details/a\.json is damaged \(curves: an",
        ),
        ("details/a", {"more": 3}, "does not belong to"),
    ],
)
def test_a_damaged_record_is_one_line(name, content, said, path):
    small_records.change(path.parent / f"{name}.json", **content)
    with pytest.raises(UserError, match=said) as error:
        recorded.read(path)
    assert "\n" not in str(error.value)


def test_details_that_are_gone_are_one_line(path):
    recorded.details_of(path).unlink()
    with pytest.raises(UserError, match=r"Cannot read .*details/a\.json"):
        recorded.read(path)
    small_records.write(path, "diversity")
    with pytest.raises(UserError, match=r"Cannot read .*details/a\.json"):
        recorded.read(path)


def test_columns_of_several_lengths_are_one_line(path, monkeypatch):
    uneven = {"step": [1, 2], "seconds": [0.5]}
    monkeypatch.setattr(recorded, "_columns", lambda lines: uneven)
    small_records.write(path, "run", evaluations=[])
    with pytest.raises(UserError, match="evaluations: not of one length"):
        recorded.read(path)


def test_uncommitted_code_is_said_and_no_part_of_the_revision(monkeypatch):
    monkeypatch.setattr(provenance, "revision", lambda: "0a" * 20 + "-dirty")
    found = recorded.circumstances("serving")
    assert (found["kind"], found["revision"]) == ("serving", "0a" * 20)
    assert found["dirty"] is True
    monkeypatch.setattr(provenance, "revision", lambda: "0a" * 20)
    assert "dirty" not in recorded.circumstances("serving")


def test_what_cannot_be_written_is_known_first(tmp_path):
    recorded.check_writable(None)
    recorded.check_writable(tmp_path / "new" / "a.json")
    assert not list(tmp_path.iterdir())
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="mine.txt is there and no record"):
        recorded.check_writable(tmp_path / "mine.txt")
    (tmp_path / "empty").touch()
    (tmp_path / "old.json").write_text('{"kind": "run"}')
    for name in ("empty", "old.json"):
        recorded.check_writable(tmp_path / name)
    (tmp_path / "details").write_text("mine")
    with pytest.raises(UserError, match=r"Cannot write .*details/a\.json"):
        recorded.check_writable(tmp_path / "a.json")


def test_the_records_of_this_project_are_small():
    assert len(PATHS) > 40
    large = {p.name: p.stat().st_size for p in PATHS}
    assert not {name: size for name, size in large.items() if size > 2000}
    files = [p for p in (ROOT / "results").rglob("*") if p.is_file()]
    assert sum(p.stat().st_size for p in files) < 1_000_000


def test_the_records_of_this_project_are_of_commits_and_have_all_their_files():
    found = {path.stem: recorded.read(path) for path in PATHS}
    for name, record in found.items():
        assert re.fullmatch(r"[0-9a-f]{40}", record["revision"]), name
        assert not record.get("dirty"), name
    details = (ROOT / "results" / "details").iterdir()
    assert {path.name for path in details} <= {path.name for path in PATHS}
