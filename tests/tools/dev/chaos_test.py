"""tools/dev/chaos.py where there is nothing to kill."""

import os
import signal
import subprocess
import sys

import pytest

from tests.waiting import wait_for
from tfgan_ref.errors import UserError
from tools.dev import chaos


def test_workers_that_say_nothing_are_told_of_in_a_sentence(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit(1)"]
    with pytest.raises(UserError) as caught:
        chaos.run(command, tmp_path, 1, 0)
    assert str(caught.value) == "The workers ended with [1, 1]: nothing said"


def test_the_help_says_what_each_flag_is(capsys):
    with pytest.raises(SystemExit):
        chaos._parse_flags(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "--kills KILLS how many (default: 20)" in said
    assert "--seed SEED of their times and places (default: 0)" in said


def test_sigterm_ends_the_workers_as_well(tmp_path):
    marks = tmp_path / "workers"
    marks.mkdir()
    worker = (
        "import os, pathlib, time;"
        f"pathlib.Path({str(marks)!r}, str(os.getpid())).touch();"
        "time.sleep(600)"
    )
    process = subprocess.Popen(
        [
            *(sys.executable, "tools/dev/chaos.py"),
            *(f"--workdir={tmp_path / 'job'}", "--"),
            *(sys.executable, "-c", worker),
        ]
    )
    try:
        wait_for(lambda: len(list(marks.iterdir())) == 2)
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
    assert status == 128 + signal.SIGTERM
    for mark in marks.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(mark.name), 0)
