"""Processes that a program starts: their output, their end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.1


def start(command, env=None):
    """Starts a process with a session of its own; its output is a pipe."""
    return subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,  # A carriage return of a progress bar ends a line, too.
        errors="replace",
        start_new_session=True,
    )


def print_output(process, name):
    """Prints what a process says, its name before each line, in a thread."""

    def copy():
        with process.stdout:
            for line in process.stdout:
                # One write: the lines of two processes do not mingle.
                say(f"[{name}] {line.rstrip()}\n")

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    return thread


def say(text):
    """Prints; after a hang-up there may be nobody who reads it."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        sys.stdout = open(os.devnull, "w")


def status_of(code: int) -> int:
    """The exit status of a process, 128 + n where signal n ended it."""
    return code if code >= 0 else 128 - code


def stop(processes) -> None:
    """Ends what still runs, with all of its children."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            # The group of a process that has ended may have others in it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline:
            if all(process.poll() is not None for process in processes):
                return
            time.sleep(_POLL_SECONDS)


def note_signals() -> list[int]:
    """The signals that arrive from now on, as they do.

    They interrupt nothing: neither a start nor the stop.
    """
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: signals.append(number))
    return signals
