"""What keeps other tests from waiting for ever, or from passing unseen."""

import sys

import pytest

from tests.waiting import Process, wait_for


def process(tmp_path, code):
    return Process([sys.executable, "-S", "-c", code], tmp_path / "log")


def test_what_the_last_act_of_a_process_brings_about_is_seen(tmp_path):
    code = f"open({str(tmp_path / 'made')!r}, 'w').write('x')"
    with process(tmp_path, code) as writer:
        assert writer.ended() == 0
        made = wait_for((tmp_path / "made").read_text, writer)
    assert made == "x"


def test_a_process_that_ends_without_it_is_told_with_what_it_said(tmp_path):
    with process(tmp_path, "raise SystemExit('no room')") as writer:
        with pytest.raises(
            pytest.fail.Exception, match=r"Ended, 1: .* no room"
        ):
            wait_for(lambda: False, writer)


def test_nothing_is_waited_for_longer_than_said(tmp_path):
    with process(tmp_path, "import signal; signal.pause()") as waiting:
        for wait in (
            lambda: wait_for(lambda: False, waiting, seconds=0.01),
            lambda: waiting.ended(seconds=0.01),
        ):
            with pytest.raises(pytest.fail.Exception, match="fter 0.01 s"):
                wait()
    assert waiting.returncode == -9  # Its block has ended.
