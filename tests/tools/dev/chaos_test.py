"""tools/dev/chaos.py where there is nothing to kill."""

import sys

import pytest

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
