"""The losses of a recorded run's first steps, by its own code or that of today.

A record holds them, so that one can tell in seconds whether the code of another
day still trains as it did, whatever the length of the run.
"""

from __future__ import annotations

import contextlib
import math
import pathlib
import re
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator

from tfgan_ref import processes, recorded
from tfgan_ref.errors import UserError
from tfgan_ref.training import records as training_records
from tools.dev import records

STEPS = 20
VERDICTS = "first_steps"  # The record of what `verify` has found.
MARK = " (&dagger;)"
_NOTE = (
    f"\n{MARK.strip()}: the code of today gives other losses in the first "
    f"{STEPS} steps.\n"
)
_ROOT = pathlib.Path(__file__).parents[2]
_SECONDS = 900.0  # Until the first steps are made, on a busy machine.
_POLL_SECONDS = 0.1
# What the order of sums comes to in some steps, of the way that losses go in
# them: a game's stay near 2 log 2, whatever the rates. Records are rounded.
_SHARE, _ROUNDED = 0.02, 1e-5
_LINK = re.compile(r"\]\(\.\./results/(\w+)\.json\)")
# Settings that say which of a command's runs it is.
_PARTS = ("level", "stage")

Losses = dict[str, list[float | None]]


def losses(
    record: dict, checkout: pathlib.Path = _ROOT, steps: int = STEPS
) -> Losses:
    """Runs a record's command until it has made its first steps.

    Args:
        record: of the kind `run`.
        checkout: folder of the code; the command's paths are relative to it.
        steps: int >= 1.

    Returns:
        `loss/...` of each step.

    Raises:
        UserError: the run ends before, or the command is none of a recipe.
    """
    words = shlex.split(record["command"])
    if words[:2] != ["python", "-m"]:
        raise UserError(f"A recipe was expected. Received: {record['command']}")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, *words[1:], f"--workdir={folder}/run"]
        # A level is exported with those below it, which are not here.
        command = [word for word in command if word != "--export"]
        command += ["--log_every=1"]
        if record["settings"].get("steps_per_execution", 1) != 1:
            command += ["--steps_per_execution=1"]
        for name in _PARTS:
            if record["settings"].get(name) is not None:
                command += [f"--{name}={record['settings'][name]}"]
        lines = _until(command, checkout, pathlib.Path(folder), steps)
    names = [name for name in lines[0] if name.startswith("loss/")]
    return {name: [line.get(name) for line in lines] for name in names}


def _until(command, checkout, folder, steps):
    """The first records of metrics that the command writes, then kills it."""
    said = folder / "output"
    with said.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=checkout,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _SECONDS
    try:
        while time.monotonic() < deadline:
            has_ended = process.poll() is not None
            if len(lines := _records(folder / "run")) >= steps:
                return lines[:steps]
            if has_ended:
                text = said.read_text(errors="replace").strip()
                last = text.splitlines()[-1:] or ["no word"]
                raise UserError(f"{shlex.join(command)} ended: {last[0]}")
            time.sleep(_POLL_SECONDS)
    finally:
        processes.stop([process])
    raise UserError(
        f"{shlex.join(command)} made fewer than {steps} steps in "
        f"{_SECONDS:.0f} s"
    )


def _records(folder):
    """What the one run in a folder has logged."""
    for path in folder.rglob("metrics.jsonl"):
        return training_records.read(path)
    return []


@contextlib.contextmanager
def code_of(revision: str) -> Iterator[pathlib.Path]:
    """A folder with the code of a commit, and beside it all else of this one.

    Raises:
        UserError: git does not know it.
    """
    with tempfile.TemporaryDirectory() as folder:
        packed = pathlib.Path(folder) / "code.tar"
        done = subprocess.run(
            ["git", "archive", f"--output={packed}", revision],
            cwd=_ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            raise UserError(
                f"The code of {revision} is not here: {done.stderr.strip()}"
            )
        checkout = pathlib.Path(folder) / "checkout"
        with tarfile.open(packed) as archive:
            archive.extractall(checkout, filter="data")
        for path in _ROOT.iterdir():  # Data, classifiers, runs.
            if path.name != ".git" and not (checkout / path.name).exists():
                (checkout / path.name).symlink_to(path)
        yield checkout


def difference(before: Losses, now: Losses) -> str | None:
    """Says where losses differ first, in words; None: nowhere.

    Numbers differ by more than what the order of sums comes to in some steps: a
    fiftieth of what lies between the smallest and the largest of that loss.
    """
    if before.keys() != now.keys():
        return f"{', '.join(before)}; {', '.join(now)}"
    slack = {name: _SHARE * _width(values) for name, values in before.items()}
    for step in range(len(next(iter(before.values())))):
        for name, values in before.items():
            pair = values[step], now[name][step]
            if not _is_same(*pair, slack[name]):
                return f"step {step + 1}, {name}: {pair[0]}; {pair[1]}"
    return None


def verify(results: pathlib.Path, names: list[str]) -> list[str]:
    """Says of records whether this code gives their first losses, and keeps it.

    Args:
        results: folder of the records; the verdicts are one of them, which
            each verdict is added to.
        names: of records of the kind `run`.

    Returns:
        Names of those that differ.

    Raises:
        UserError: a file is damaged, or cannot be written.
    """
    path = results / f"{VERDICTS}.json"
    verdicts: dict[str, dict[str, str]]
    verdicts = {"same": {}, "differ": {}, "unchecked": {}}
    if path.is_file():
        before = recorded.read(path)
        verdicts = {
            kind: {
                name: said
                for name, said in before[kind].items()
                if (results / f"{name}.json").is_file()
            }
            for kind in verdicts
        }
    about = recorded.circumstances("first_steps")
    for name in names:
        kind, text = _verdict(records.read(results / f"{name}.json"))
        for members in verdicts.values():
            members.pop(name, None)
        verdicts[kind][name] = text or about["revision"][:9]
        counts = {kind: len(of) for kind, of in verdicts.items()}
        recorded.write(path, about | {"counts": counts} | verdicts)
        print(f"{name}: {kind}{text and ': '}{text}", flush=True)
    return [name for name in names if name in verdicts["differ"]]


def _verdict(record):
    """One of `verify`'s kinds, and why."""
    if "first_steps" not in record:
        return "unchecked", "the record does not hold them"
    try:
        found = difference(record["first_steps"], losses(record))
    except UserError as error:
        return "unchecked", str(error)
    return ("differ", found) if found else ("same", "")


def _width(values):
    """Between the smallest and the largest of those that are finite."""
    finite = [v for v in values if v is not None and math.isfinite(v)]
    return max(finite) - min(finite) if finite else 0.0


def _is_same(before, now, slack):
    if before is None or now is None:
        return before is now
    return math.isclose(before, now, rel_tol=_ROUNDED, abs_tol=slack) or (
        math.isnan(before) and math.isnan(now)
    )


def marked(page: str, results: pathlib.Path) -> str:
    """The page, with a mark at each link to a record that does not hold now.

    Args:
        page: Markdown, with links to ../results/NAME.json.
        results: folder of the records; without verdicts nothing is marked.
    """
    path = results / f"{VERDICTS}.json"
    if not path.is_file():
        return page
    differ = recorded.read(path)["differ"]

    def mark(link):
        return link[0] + (MARK if link[1] in differ else "")

    found = _LINK.sub(mark, page)
    return page if found == page else found + _NOTE
