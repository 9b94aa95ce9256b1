r"""Starts the workers of a multi-worker run on this machine.

    python tools/local_cluster.py -n 2 -- \
        python -m recipes.dcgan --strategy=multi_worker --workdir=runs/w

Each worker gets its TF_CONFIG; its output appears with its number before each
line. When one worker fails, the others are stopped, and its exit status is
that of this program.
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

_GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.1


def run(command: list[str], workers: int) -> int:
    """Runs the command once per worker, on loopback.

    Args:
        command: program and arguments.
        workers: how many processes.

    Returns:
        0, or the exit status of the first worker that failed (128 + n where
        signal n ended it).
    """
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    processes = []
    try:
        for index in range(workers):
            processes.append(_start(command, addresses, index))
        printers = [
            _print_output(process, index)
            for index, process in enumerate(processes)
        ]
        status = _wait(processes)
    finally:
        _stop(processes)
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
    return subprocess.Popen(
        command,
        env=os.environ | {"TF_CONFIG": json.dumps(config)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,  # A carriage return of a progress bar ends a line, too.
        errors="replace",
        start_new_session=True,
    )


def _print_output(process, index):
    def copy():
        with process.stdout:
            for line in process.stdout:
                # One write: the lines of two workers do not mingle.
                sys.stdout.write(f"[worker {index}] {line.rstrip()}\n")
                sys.stdout.flush()

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    return thread


def _wait(processes) -> int:
    """Waits until all have succeeded or one has failed."""
    while True:
        codes = [process.poll() for process in processes]
        for index, code in enumerate(codes):
            if code:
                print(f"[cluster] worker {index} ended with {code}", flush=True)
                return code if code > 0 else 128 - code
        if None not in codes:
            return 0
        time.sleep(_POLL_SECONDS)


def _stop(processes) -> None:
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


def main(flags) -> None:
    """Runs the command after `--`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(run(flags.command, flags.workers))
    except OSError as error:
        sys.exit(f"error: cannot run {flags.command[0]}: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


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
