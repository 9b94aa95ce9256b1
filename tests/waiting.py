"""Processes and events that a test waits for, and never for ever."""

import contextlib
import pathlib
import subprocess
import time

import pytest

# What is waited for takes some seconds; so many are a fault on any machine.
SECONDS = 300


class Process(subprocess.Popen):
    """A process that writes into a file and does not outlive its block.

    Args:
        command: list of str.
        log: path of the file; a pipe that nobody reads would stop the process.
        **options: of `subprocess.Popen`.
    """

    def __init__(self, command, log, **options):
        self.log = pathlib.Path(log)
        with self.log.open("w") as file:
            super().__init__(
                command, stdout=file, stderr=subprocess.STDOUT, **options
            )

    def __exit__(self, *error):
        self.kill()
        super().__exit__(*error)

    def ended(self, seconds=SECONDS):
        """The exit status; a test fails that waits for too long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(seconds)
        pytest.fail(f"It still runs after {seconds} s. {self.log.read_text()}")


def wait_for(condition, process=None, seconds=SECONDS):
    """What a function of nothing gives as soon as that is true.

    The test fails when the time is over, or when the process has ended without
    it, and shows what the process has said.

    Args:
        condition: the function.
        process: `Process` that is to bring it about, if there is one.
        seconds: at most.
    """
    deadline = time.monotonic() + seconds
    while True:
        # In this order: what its last act brought about is seen as well.
        status = process.poll() if process else None
        if found := condition():
            return found
        if status is not None or time.monotonic() > deadline:
            what = (
                f"After {seconds} s" if status is None else f"Ended, {status}"
            )
            said = process.log.read_text() if process else ""
            pytest.fail(f"{what}: it has not come about. {said}")
        time.sleep(0.01)
