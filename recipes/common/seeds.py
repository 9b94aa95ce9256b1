"""--seeds: the same run from several seeds, a process each, side by side.

What each computes is what it would alone: it is the same command.
"""

from __future__ import annotations

import pathlib
import shlex
import sys
import time

from absl import flags

from tfgan_ref import processes, runtime
from tfgan_ref.errors import UserError

SEEDS = flags.DEFINE_string(
    "seeds",
    None,
    "Several, between commas, instead of --seed: a run each, in "
    "WORKDIR/seed_S, as many side by side as there are cores.",
)
# Not passed on as they are.
_OWN = {"seeds", "seed", "workdir", "dry_run", "flagfile"}
_POLL_SECONDS = 0.1


def _parse(text):
    """The numbers of a list, in its order; None where it is none."""
    parts = text.split(",")
    if not all(part.isdecimal() and part.isascii() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    is_set = len({*numbers}) == len(numbers)
    return numbers if is_set and max(numbers) < 2**32 else None


flags.register_validator(
    "seeds",
    lambda text: text is None or _parse(text) is not None,
    "different numbers from 0 to 4294967295 between commas were expected",
)


def run() -> int:
    """Runs the recipe once per seed; returns the exit status.

    That of the first run that failed; of the others, which go on, nothing is
    lost. A signal is passed on to all: each ends with a checkpoint.

    Raises:
        UserError: a flag that does not go with --seeds.
    """
    values = flags.FLAGS
    _check(values)
    commands = {seed: _command(values, seed) for seed in _parse(SEEDS.value)}
    at_once = min(runtime.available_cores(), len(commands))
    if values["dry_run"].value:
        print(f"{len(commands)} runs, {at_once} at a time:")
        for command in commands.values():
            print(f"  {shlex.join(command)}")
        print("Dry run: nothing was started, nothing was written.")
        return 0
    return _run_all(commands, at_once, processes.note_signals())


def _check(values):
    if values["seed"].present:
        raise UserError(
            "--seed goes with one run, --seeds with several. Received: "
            f"--seed={values['seed'].value} --seeds={SEEDS.value}"
        )
    if values["strategy"].value == "multi_worker":
        raise UserError(
            "--seeds starts runs on this machine alone. "
            "Received: --strategy=multi_worker"
        )
    workdir = pathlib.Path(values["workdir"].value).expanduser()
    if (workdir / "config.json").exists():
        raise UserError(
            f"{workdir} holds a run; --seeds needs a folder of several"
        )


def _command(values, seed):
    """The run of one seed, as one would type it."""
    # One that is run as a file has no name as a module.
    spec = sys.modules["__main__"].__spec__
    recipe = ["-m", spec.name] if spec else [sys.argv[0]]
    given = [
        values[name].serialize()
        for name in values
        if values[name].present and name not in _OWN
    ]
    workdir = pathlib.Path(values["workdir"].value, f"seed_{seed}")
    own = [f"--seed={seed}", f"--workdir={workdir}"]
    return [sys.executable, *recipe, *given, *own]


def _run_all(commands, at_once, signals) -> int:
    waiting, statuses = dict(commands), {}
    running: dict[int, _Run] = {}
    passed_on = 0
    try:
        while running or (waiting and not signals):
            while waiting and len(running) < at_once and not signals:
                seed = next(iter(waiting))
                running[seed] = _Run(seed, waiting.pop(seed))
            # A second one ends a run without a checkpoint, as it does alone.
            for number in signals[passed_on:]:
                passed_on += 1
                for one in running.values():
                    one.process.send_signal(number)
            time.sleep(_POLL_SECONDS)
            for seed, one in list(running.items()):
                if one.process.poll() is not None:
                    del running[seed]
                    statuses[seed] = one.end()
    finally:
        processes.stop([one.process for one in running.values()])
    if waiting:
        processes.say(f"[seeds] not started: {_listed(waiting)}\n")
    failed = {seed: status for seed, status in statuses.items() if status}
    if signals:
        return 128 + signals[0]
    if failed:
        print(
            f"error: failed were the seeds {_listed(failed)}", file=sys.stderr
        )
    return next(iter(failed.values()), 0)


def _listed(seeds):
    return ", ".join(map(str, seeds))


class _Run:
    """The process of one seed, whose lines are printed after its name."""

    def __init__(self, seed, command):
        self.seed = seed
        self.process = processes.start(command)
        self._printer = processes.print_output(self.process, f"seed {seed}")

    def end(self):
        """Says how it has ended; returns the exit status."""
        self._printer.join()
        code = self.process.returncode
        how = f"ended with {code}" if code else "is done"
        processes.say(f"[seeds] seed {self.seed} {how}\n")
        return processes.status_of(code)
