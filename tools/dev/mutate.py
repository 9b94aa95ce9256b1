"""Changes the code one place at a time and counts which changes tests see.

    python tools/dev/mutate.py --count=200 --seed=0
    python tools/dev/mutate.py --count=60 --package=tfgan_ref/losses

Of all places where `mutations.py` can change an operator, a constant or an
argument, so many are drawn. Each is changed in a copy of the checkout, and the
tests of that module run there until one fails. Prints the share that was seen
per package, and what survived. Some survivors are no fault: a change that
changes nothing.
"""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import os
import pathlib
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial

from tfgan_ref import ranges, runtime
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard

ROOT = pathlib.Path(__file__).parents[2]
_MUTATED = ("recipes", "tfgan_ref")
_COPIED = (*_MUTATED, "tests", "tools")
_SLOWER = 4  # A mutant that takes so many times as long hangs: it is seen.
_START_SECONDS = 60
_GOOD = (0, 5)  # Of pytest: all passed; all were skipped.


def main(flags) -> None:
    """Draws, tries and prints."""
    from tools.dev import module_tests

    places = _draw(flags)
    if not places:
        raise UserError(f"nothing can be changed in {flags.package}")
    with contextlib.ExitStack() as stack:
        copies: queue.Queue = queue.Queue()
        for core in range(flags.jobs):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            copies.put(_Copy(pathlib.Path(folder), core))
        pool = stack.enter_context(
            concurrent.futures.ThreadPoolExecutor(flags.jobs)
        )

        def in_a_copy(function, *arguments):
            copy = copies.get()
            try:
                return function(copy, *arguments)
            finally:
                copies.put(copy)

        tests = {path: module_tests.of(ROOT, path) for path, _ in places}
        files = sorted({file for found in tests.values() for file in found})
        seconds = dict(
            zip(
                files,
                pool.map(partial(in_a_copy, _Copy.seconds), files),
                strict=True,
            )
        )

        def attempt(place):
            path, mutation = place
            usual = sum(seconds[file] for file in tests[path])
            seen = in_a_copy(
                _Copy.sees,
                path,
                mutation,
                tests[path],
                _SLOWER * usual + _START_SECONDS,
            )
            sign = "seen    " if seen else "SURVIVED"
            print(f"{sign} {path}:{mutation}", flush=True)
            return seen

        seen = list(pool.map(attempt, places))
    _print_scores(places, seen)


class _Copy:
    """A copy of the checkout in which one place at a time is changed.

    Args:
        folder: empty.
        core: on which its tests run.
    """

    def __init__(self, folder, core):
        self._folder = folder
        self._core = core
        ignored = shutil.ignore_patterns("__pycache__")
        for path in ROOT.iterdir():
            if path.name in _COPIED:
                shutil.copytree(path, folder / path.name, ignore=ignored)
            elif not path.name.startswith("."):
                (folder / path.name).symlink_to(path)

    def seconds(self, file):
        """Seconds that a test file takes on code that is right."""
        begin = time.perf_counter()
        status, output = self._run([file], None)
        if status not in _GOOD:
            last = output.strip().rpartition("\n")[2]
            raise UserError(f"{file} fails on unchanged code: {last}")
        return time.perf_counter() - begin

    def sees(self, path, mutation, tests, seconds):
        """Whether a test fails, or none ends in time, with that change."""
        target = self._folder / path
        original = target.read_text()
        target.write_text(mutation.applied(original))
        try:
            return self._run(tests, seconds)[0] not in _GOOD
        finally:
            target.write_text(original)

    def _run(self, tests, seconds):
        """Status of pytest, 1 after so many seconds, and its output."""
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "--exitfirst"),
                *("-p", "no:cacheprovider", "--no-header", *tests),
            ],
            cwd=self._folder,
            env=os.environ
            | {
                "PYTHONPATH": str(self._folder),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TF_CPP_MIN_LOG_LEVEL": "3",
                # tests/conftest.py gives each worker a core of its own.
                "PYTEST_XDIST_WORKER": f"gw{self._core}",
                "PYTEST_XDIST_WORKER_COUNT": str(runtime.available_cores()),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=seconds)
            return process.returncode, output
        except subprocess.TimeoutExpired:
            return 1, ""
        finally:
            # The group: a test may have started others.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)
            process.wait()


def _draw(flags):
    """Pairs of a module and a mutation, in the order of the modules."""
    from tools.dev import mutations

    paths = sorted(
        path.relative_to(ROOT)
        for folder in _MUTATED
        for path in (ROOT / folder).rglob("*.py")
        if path.is_relative_to(ROOT / flags.package)
    )
    places = [
        (path, mutation)
        for path in paths
        for mutation in mutations.of((ROOT / path).read_text())
    ]
    count = min(flags.count, len(places))
    drawn = random.Random(flags.seed).sample(range(len(places)), count)
    return [places[index] for index in sorted(drawn)]


def _print_scores(places, seen):
    by_package = collections.defaultdict(list)
    for (path, _), was_seen in zip(places, seen, strict=True):
        by_package[path.parent].append(was_seen)
    print(f"\n{'package':32} seen  of  score")
    rows = [*by_package.items(), ("all", seen)]
    for package, results in rows:
        found, count = sum(results), len(results)
        print(f"{package!s:32} {found:4} {count:3} {found / count:6.1%}")
    print("\nSurvivors:")
    for (path, mutation), was_seen in zip(places, seen, strict=True):
        if not was_seen:
            print(f"  {path}:{mutation}")


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--count", type=ranges.COUNT, default=200, help="how many"
    )
    parser.add_argument(
        "--seed", type=ranges.SEED, default=0, help="of the draw"
    )
    parser.add_argument(
        "--package", default=".", help="folder or module; unset: all"
    )
    parser.add_argument(
        "--jobs",
        type=ranges.PROCESSES,
        default=runtime.available_cores(),
        help="at a time",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    guard(lambda: main(_parse_flags()))
