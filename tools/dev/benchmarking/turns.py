"""Contestants in processes of their own, timed in turns."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from tfgan_ref.errors import UserError

_ROOT = pathlib.Path(__file__).parents[3]


@dataclasses.dataclass(frozen=True)
class Entry:
    """One contestant.

    Attributes:
        function: `MODULE.FUNCTION` of this package that makes it.
        options: of the function.
        environment: variables beside this process's; None deletes one.
        calls: how many calls are a turn.
    """

    function: str
    options: dict = dataclasses.field(default_factory=dict)
    environment: dict = dataclasses.field(default_factory=dict)
    calls: int = 5


@dataclasses.dataclass
class Result:
    """What was measured of one contestant.

    Attributes:
        milliseconds: of every call, divided by its steps.
        flop: of one step; 0: not counted.
        first_call_seconds: from the start of the process to the end of the
            first call.
        memory: MB at most.
    """

    flop: int
    first_call_seconds: float
    milliseconds: list[float] = dataclasses.field(default_factory=list)
    memory: float = 0.0


class Process:
    """A worker with its contestant.

    Args:
        name: of the contestant.
        entry: the contestant.
        is_ready: whether to wait until it is.

    Attributes:
        result: `Result`, which `take_turn` fills.

    Raises:
        UserError: the contestant does not work.
    """

    result: Result

    def __init__(self, name: str, entry: Entry, is_ready: bool = True):
        self._name = name
        self._calls = entry.calls
        changed = {k: v for k, v in entry.environment.items() if v is not None}
        environment = {
            key: value
            for key, value in (os.environ | changed).items()
            if entry.environment.get(key, "") is not None
        }
        self._log = tempfile.TemporaryFile("w+")
        self._begin = time.perf_counter()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tools.dev.benchmarking.worker",
                entry.function,
                json.dumps(entry.options),
            ],
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self._answers = iter(self._process.stdout or ())
        if is_ready:
            self.wait()

    def wait(self) -> None:
        """Waits until the contestant has made its first call."""
        flop = self.read()["flop"]
        self.result = Result(flop, time.perf_counter() - self._begin)

    def ask(self, question: object):
        """Sends a line to the worker; returns its answer."""
        self.send(question)
        return self.read()

    def send(self, question: object) -> None:
        """Sends a line to the worker, which answers it."""
        print(question, file=self._process.stdin, flush=True)

    def take_turn(self) -> None:
        """Times some calls."""
        self.result.milliseconds += self.ask(self._calls)

    def close(self) -> None:
        """Ends the worker."""
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def read(self):
        """The worker's next answer."""
        line = next(self._answers, None)
        if line is None:
            self._log.seek(0)
            *_, reason = ["no reason given", *self._log.read().splitlines()]
            self.close()
            raise UserError(f"{self._name} ended: {reason}")
        return json.loads(line)


def take(entries: dict[str, Entry], rounds: int) -> dict[str, Result]:
    """Lets every contestant take a turn, `rounds` times.

    Args:
        entries: the contestants by name.
        rounds: int >= 1.

    Raises:
        UserError: one of them does not work.
    """
    with contextlib.ExitStack() as stack:
        processes = {}
        for name, entry in entries.items():
            processes[name] = Process(name, entry)
            stack.callback(processes[name].close)
        play(
            processes, {n: entry.calls for n, entry in entries.items()}, rounds
        )
        for process in processes.values():
            process.result.memory = process.ask("memory")
        return {name: process.result for name, process in processes.items()}


def play(players: dict, calls: dict[str, int], rounds: int) -> None:
    """Lets players that are ready take turns, after one that is not timed.

    Args:
        players: name -> `Process`, or what has `ask` and `take_turn`.
        calls: name -> how many are a turn.
        rounds: int >= 1.
    """
    for name, player in players.items():
        player.ask(calls[name])  # Fills caches and buffers.
    for _ in range(rounds):
        for player in players.values():
            player.take_turn()
