r"""Starts the workers of a multi-worker run on this machine.

    python tools/local_cluster.py -n 2 -- \
        python -m recipes.dcgan --strategy=multi_worker --workdir=runs/w

Each worker gets its TF_CONFIG; its output appears with its number before each
line. When one worker fails, the others are stopped, and its exit status is
that of this program. So are all of them at Ctrl-C, SIGTERM or, where it is not
ignored, SIGHUP.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

_GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.1


def run(command: list[str], workers: int, signals: Sequence[int] = ()) -> int:
    """Runs the command once per worker, on loopback.

    Args:
        command: program and arguments.
        workers: how many processes.
        signals: numbers of those that have arrived; the first ends it all.

    Returns:
        0, or the exit status of the first worker that failed (128 + n where
        signal n ended it, or this program).
    """
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    processes = []
    try:
        for index in range(workers):
            processes.append(_start(command, addresses, index))
        printers = [
            print_output(process, f"worker {index}")
            for index, process in enumerate(processes)
        ]
        status = _wait(processes, signals)
    finally:
        stop(processes)
    for printer in printers:
        printer.join(_GRACE_SECONDS)
    return status


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


def _start(command, addresses, index):
    config = {
        "cluster": {"worker": addresses},
        "task": {"type": "worker", "index": index},
    }
    return start(command, os.environ | {"TF_CONFIG": json.dumps(config)})


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


def _wait(processes, signals) -> int:
    """Waits until all have succeeded, one has failed or a signal arrives."""
    while not signals:
        codes = [process.poll() for process in processes]
        for index, code in enumerate(codes):
            if code:
                say(f"[cluster] worker {index} ended with {code}\n")
                return code if code > 0 else 128 - code
        if None not in codes:
            return 0
        time.sleep(_POLL_SECONDS)
    return 128 + signals[0]


def stop(processes) -> None:
    """Ends what still runs, with all of its children."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            # The group of a process that has ended may have others in it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        deadline = time.monotonic() + _GRACE_SECONDS
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


def main(flags) -> None:
    """Runs the command after `--`."""
    try:
        sys.exit(run(flags.command, flags.workers, note_signals()))
    except OSError as error:
        sys.exit(f"error: cannot run {flags.command[0]}: {error.strerror}")


def _parse_flags(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--workers", type=int, default=2, metavar="N")
    parser.add_argument("command", nargs="+", help="after --")
    flags = parser.parse_args(arguments)
    if flags.workers < 1:
        parser.error(f"--workers must be positive. Received: {flags.workers}")
    return flags


if __name__ == "__main__":
    main(_parse_flags())
