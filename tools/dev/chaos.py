"""Kills workers of a job at random times; its end must be as of another job.

    python tools/dev/chaos.py --kills=20 --seed=0 --workdir=runs/chaos
    python tools/dev/chaos.py --kills=3 --seed=0 --workdir=runs/chaos -- \
        python -m recipes.wgan --train_steps=200 --checkpoint_every=20

The command is that of a recipe, to which --strategy=multi_worker and a folder
in WORKDIR are added. The job runs once as it is. Then again, and of so many
starts one worker, whichever, is killed by SIGKILL; the others have to end
within 30 seconds with a line that names it. Status 0: in the end all weights
are those of the first job, bit for bit, no process is left and every file is
whole.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import random
import signal
import sys
import threading
import time

from tfgan_ref import processes, ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard
from tools import local_cluster

COMMAND = (
    *("-m", "recipes.dcgan", "--dataset=digits", "--width=8"),
    *("--batch_size=16", "--train_steps=3000", "--checkpoint_every=20"),
    *("--log_every=10", "--sample_every=100"),
)
_WORKERS = 2
_END_SECONDS = 30.0
_UP_SECONDS = 20  # Of --worker_timeout.
_POLL_SECONDS = 0.1


@dataclasses.dataclass
class Job:
    """A start of the job.

    Attributes:
        addresses: of the workers.
        workers: their processes.
        said: what each has printed.
    """

    addresses: list[str]
    workers: list
    said: list[list[str]]

    @classmethod
    def start(cls, command, workdir):
        """Starts it."""
        addresses = local_cluster.free_addresses(_WORKERS)
        command = [
            *command,
            "--strategy=multi_worker",
            f"--worker_timeout={_UP_SECONDS}",
            f"--workdir={workdir}",
        ]
        workers = [
            local_cluster.start(command, addresses, index)
            for index in range(_WORKERS)
        ]
        said: list[list[str]] = [[] for _ in workers]
        for worker, lines in zip(workers, said, strict=True):
            threading.Thread(
                target=_read, args=(worker.stdout, lines), daemon=True
            ).start()
        return cls(addresses, workers, said)

    def wait(self, seconds=None) -> bool:
        """Waits until all have ended; whether they have."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while any(worker.poll() is None for worker in self.workers):
            if deadline is not None and time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    @property
    def statuses(self):
        """Of the workers; None: still there."""
        return [worker.poll() for worker in self.workers]


def _read(pipe, lines):
    with pipe:
        lines.extend(pipe)


def run(command: list[str], workdir: pathlib.Path, kills: int, seed: int):
    """Runs both jobs.

    Args:
        command: of the recipe.
        workdir: folder of both runs.
        kills: int >= 1.
        seed: of the times, and of who is killed.

    Raises:
        UserError: something is not as it should be, in one line.
    """
    begin = time.monotonic()
    whole = workdir / "whole"
    _succeed(command, whole)
    seconds = time.monotonic() - begin
    trained = _last_record(whole)["seconds"]
    print(f"undisturbed: {seconds:.0f} s, {trained:.0f} s of training")
    killed = workdir / "killed"
    draw = random.Random(seed)
    # As many kills before training as in it, if a start takes as long as what
    # is trained until the kill; and some training is left after the last.
    reach = (seconds - trained) + min(2 / kills, 0.4) * trained
    for count in range(1, kills + 1):
        _kill(command, killed, draw, reach, count)
    _succeed(command, killed)
    _check_files(killed)
    print(f"{kills} kills: {_compare(whole, killed)} variables are equal")


def _succeed(command, workdir):
    job = Job.start(command, workdir)
    try:
        job.wait()
    finally:
        processes.stop(job.workers)
    if any(job.statuses):
        last = "".join(lines[-1] for lines in job.said if lines).strip()
        raise UserError(
            f"The workers ended with {job.statuses}: {last or 'nothing said'}"
        )


def _kill(command, workdir, draw, reach, count):
    job = Job.start(command, workdir)
    victim, delay = draw.randrange(_WORKERS), draw.uniform(0, reach)
    try:
        if job.wait(delay):
            raise UserError(
                f"The job ended with {job.statuses} before kill {count}: more "
                "--train_steps are needed"
            )
        killed_at = time.monotonic()
        job.workers[victim].send_signal(signal.SIGKILL)
        has_ended = job.wait(_END_SECONDS)
        took = time.monotonic() - killed_at
    finally:
        processes.stop(job.workers)
    step = _last_record(workdir).get("step", 0)
    print(
        f"kill {count}: worker {victim} after {delay:.1f} s, at step {step}; "
        f"the others ended after {took:.1f} s",
        flush=True,
    )
    if not has_ended:
        raise UserError(f"A worker was there {_END_SECONDS:g} s after the kill")
    for index, lines in enumerate(job.said):
        named = f"worker {victim} ({job.addresses[victim]})"
        if index != victim and not any(named in line for line in lines):
            raise UserError(
                f"worker {index} does not name {named}. It says: "
                f"{lines[-1].strip() if lines else 'nothing'}"
            )


def _last_record(workdir):
    path = workdir / "metrics.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return json.loads(lines[-1]) if lines else {}


def _check_files(workdir):
    """That every file is whole, and none is left of a write that was not."""
    from PIL import Image

    for path in sorted(workdir.rglob("*")):
        if "temp" in path.name or path.name.endswith(".tmp"):
            raise UserError(f"{path} was left behind")
        if path.suffix == ".png":
            with Image.open(path) as picture:
                picture.load()
        if path.suffix == ".json":
            json.loads(path.read_text())
        if path.suffix == ".jsonl":
            for line in path.read_text().splitlines():
                json.loads(line)


def _compare(one, other) -> int:
    """How many variables of the last checkpoints are equal, all of them."""
    first, second = (_variables(folder) for folder in (one, other))
    if first.keys() != second.keys():
        raise UserError("The checkpoints hold other variables")
    for name, value in first.items():
        if value.tobytes() != second[name].tobytes():
            raise UserError(f"{name} differs")
    return len(first)


def _variables(folder):
    import tensorflow as tf

    from tfgan_ref.training import checkpoints

    *_, step = checkpoints.steps(folder / "checkpoints")
    reader = tf.train.load_checkpoint(
        str(folder / "checkpoints" / f"ckpt-{step}")
    )
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if name != "_CHECKPOINTABLE_OBJECT_GRAPH"
        and not name.startswith("save_counter")
    }


def main(flags) -> None:
    """Runs the jobs that the flags describe."""
    workdir = pathlib.Path(flags.workdir)
    if workdir.exists() and any(workdir.iterdir()):
        raise UserError(f"An empty folder was expected. Received: {workdir}")
    command = flags.command or [sys.executable, *COMMAND]
    # As Ctrl-C, with the workers' end.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    run(command, workdir, flags.kills, flags.seed)


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    add = parser.add_argument
    add("--kills", type=ranges.whole(1, 10_000), default=20, help="how many")
    add("--seed", type=ranges.SEED, default=0, help="of their times and places")
    add("--workdir", required=True, help="of both jobs; new")
    add("command", nargs="*", help="after --; else a small DCGAN's")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
