r"""Starts the workers of a multi-worker run on this machine.

    python tools/local_cluster.py -n 2 -- \
        python -m recipes.dcgan --strategy=multi_worker --workdir=runs/w

Each worker gets its TF_CONFIG; its output appears with its number before each
line. When one worker fails, the others are stopped, and its exit status is
that of this program. So are all of them at Ctrl-C, SIGTERM or, where it is not
ignored, SIGHUP.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Sequence

from tfgan_ref import processes, ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard, reason

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
    addresses = free_addresses(workers)
    started = []
    try:
        for index in range(workers):
            started.append(start(command, addresses, index))
        printers = [
            processes.print_output(process, f"worker {index}")
            for index, process in enumerate(started)
        ]
        status = _wait(started, signals)
    finally:
        processes.stop(started)
    for printer in printers:
        printer.join(processes.GRACE_SECONDS)
    return status


def free_addresses(count: int) -> list[str]:
    """Addresses on loopback at which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return [f"127.0.0.1:{port}" for port in ports]


def start(command, addresses, index):
    """Starts one of the workers; see `processes.start`."""
    config = {
        "cluster": {"worker": addresses},
        "task": {"type": "worker", "index": index},
    }
    return processes.start(
        command, os.environ | {"TF_CONFIG": json.dumps(config)}
    )


def _wait(started, signals) -> int:
    """Waits until all have succeeded, one has failed or a signal arrives."""
    while not signals:
        codes = [process.poll() for process in started]
        for index, code in enumerate(codes):
            if code:
                processes.say(f"[cluster] worker {index} ended with {code}\n")
                return processes.status_of(code)
        if None not in codes:
            return 0
        time.sleep(_POLL_SECONDS)
    return 128 + signals[0]


def main(flags) -> None:
    """Runs the command after `--`."""
    try:
        sys.exit(run(flags.command, flags.workers, processes.note_signals()))
    except OSError as error:
        raise UserError(
            f"Cannot run {flags.command[0]}: {reason(error)}"
        ) from None


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "-n", "--workers", type=ranges.PROCESSES, default=2, metavar="N"
    )
    parser.add_argument("command", nargs="+", help="after --")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    guard(lambda: main(_parse_flags()))
