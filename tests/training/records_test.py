import json
import os

import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.training import records

RECORDS = [
    {"step": step, "seconds": step / 4, "loss/generator": 1.5 - step}
    for step in (10, 20, 30, 40)
]
LINES = [json.dumps(record).encode() + b"\n" for record in RECORDS]
DAMAGED = {
    "garbage": b"garbage",
    "cut": b'{"step": 4',
    "zeros": b"\0\0",
    "no text": b'{"step": 10, "seconds": 1, "\xff": 2}',
    "deep": b"[" * 100_000,
    "deep value": b'{"step": 1, "seconds": 1, "x": ' + b"[" * 100_000,
    "no object": b"7",
    "list": b'["step", "seconds"]',
    "string": b'"step and seconds"',
    "nan": b"NaN",
    "empty": b"{}",
    "no step": b'{"seconds": 1}',
    "no seconds": b'{"step": 10}',
    "step as text": b'{"step": "25", "seconds": 1}',
    "step as float": b'{"step": 25.0, "seconds": 1}',
    "step as bool": b'{"step": true, "seconds": 1}',
    "step below zero": b'{"step": -1, "seconds": 1}',
    "step of no run": b'{"step": 9223372036854775808, "seconds": 1}',
    "step beyond float": b'{"step": 1' + b"0" * 400 + b', "seconds": 1}',
    "step not finite": b'{"step": NaN, "seconds": 1}',
    "seconds as text": b'{"step": 20, "seconds": "x"}',
    "seconds not finite": b'{"step": 20, "seconds": Infinity}',
    "loss as text": b'{"step": 20, "seconds": 1, "loss/generator": "2"}',
    "loss missing": b'{"step": 20, "seconds": 1, "loss/generator": null}',
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.jsonl"


def names(path):
    return sorted(file.name for file in path.parent.iterdir())


def stamp(path):
    """What changes when the file is written, even with the same content."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, path.read_bytes()


def test_records_are_read_as_far_as_a_step(path):
    path.write_bytes(b"".join(LINES))
    assert records.read(path) == RECORDS
    assert records.read(path, until=29) == RECORDS[:2]
    assert records.seconds(records.read(path, until=29)) == 5.0


def test_a_run_without_records_has_taken_no_time(path):
    assert records.rewind(path, 0) == records.read(path) == []
    assert records.seconds([]) == 0.0
    assert not path.exists()


def test_a_rewind_keeps_the_lines_as_they_are(path):
    odd = b'{"seconds":2.50,  "step":10, "eval/reverse_kl": NaN}\r\n'
    path.write_bytes(odd + b"".join(LINES[1:]))
    assert records.rewind(path, 30)[1:] == RECORDS[1:3]
    assert path.read_bytes() == odd + b"".join(LINES[1:3])
    assert names(path) == ["metrics.jsonl"]


@pytest.mark.parametrize("step", [40, 99])
@pytest.mark.parametrize("line", [b"", b"garbage\n", b"\n"])
def test_a_rewind_that_changes_nothing_writes_nothing(path, line, step):
    path.write_bytes(LINES[0] + line + b"".join(LINES[1:]))
    before = stamp(path)
    assert records.rewind(path, step) == RECORDS
    assert stamp(path) == before
    assert names(path) == ["metrics.jsonl"]


@pytest.mark.parametrize("line", DAMAGED.values(), ids=DAMAGED)
def test_what_is_good_is_kept_on_both_sides_of_damage(path, line, caplog):
    content = LINES[0] + line + b"\n" + b"".join(LINES[1:])
    path.write_bytes(content)
    assert records.read(path) == RECORDS
    (warning,) = caplog.messages
    assert warning == f"{path}: 1 of 5 lines damaged and left out: 2"
    assert records.rewind(path, 30) == RECORDS[:3]
    assert path.read_bytes() == b"".join(LINES[:3])
    copy = path.with_name("metrics.jsonl.damaged")
    assert copy.read_bytes() == content
    assert str(copy) in caplog.messages[-1]


def test_many_damaged_lines_are_one_warning(path, caplog):
    path.write_bytes(b"x\n" * 3 + LINES[0] + b"y\n" * 4)
    assert records.read(path) == RECORDS[:1]
    (warning,) = caplog.messages
    assert "7 of 8 lines damaged and left out: 1, 2, 3, 5, 6, ..." in warning


def test_an_earlier_copy_is_not_overwritten(path):
    contents = []
    for text in (b"first\n", b"second\n", b"third\n"):
        contents.append(text + LINES[0] + LINES[1])
        path.write_bytes(contents[-1])
        records.rewind(path, 10)
        assert path.read_bytes() == LINES[0]
    assert [
        path.with_name(name).read_bytes() for name in names(path)[1:]
    ] == contents


@pytest.mark.parametrize("cut", [1, 9, 12, 20, len(LINES[1]) - 2])
def test_a_line_that_was_cut_at_the_end_is_dropped(path, cut, caplog):
    path.write_bytes(LINES[0] + LINES[1][:cut])
    assert records.read(path) == RECORDS[:1]
    assert "1 of 2 lines damaged and left out: 2" in caplog.messages[0]
    assert records.rewind(path, 40) == RECORDS[:1]
    assert path.read_bytes() == LINES[0]
    assert names(path) == ["metrics.jsonl"]


def test_a_record_without_its_line_end_gets_one(path, caplog):
    path.write_bytes(LINES[0] + LINES[1][:-1])
    assert records.rewind(path, 40) == RECORDS[:2]
    with open(path, "ab") as file:
        file.write(LINES[2])
    assert records.read(path) == RECORDS[:3]
    assert not caplog.messages


@pytest.mark.parametrize(
    "end",
    [b"garbage", b"\0" * 30, b"[" * 100_000, b'{"step": 25, "seconds": "9"}'],
    ids=["garbage", "zeros", "deep", "whole"],
)
def test_an_end_that_is_no_part_of_a_record_is_kept_beside(path, end):
    path.write_bytes(LINES[0] + end)
    assert records.rewind(path, 40) == RECORDS[:1]
    assert path.read_bytes() == LINES[0]
    copy = path.with_name("metrics.jsonl.damaged")
    assert copy.read_bytes() == LINES[0] + end


def test_what_cannot_be_read_is_one_line_and_stays(path):
    path.mkdir()
    for call in (records.read, lambda path: records.rewind(path, 1)):
        with pytest.raises(UserError, match="metrics.jsonl: it is a folder"):
            call(path)
    assert os.listdir(path) == []
