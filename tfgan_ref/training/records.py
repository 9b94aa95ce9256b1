"""The records of a run: the lines of metrics.jsonl, some maybe damaged.

What cannot be read is never written back over the only copy of it.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import os
import pathlib

from absl import logging

from tfgan_ref import documents, inputs
from tfgan_ref.outputs import write_bytes

_START = b'{"step": '  # Of every line that a run writes.
# A metric may be NaN or infinite.
_RECORD = {
    "step": documents.COUNT,
    "seconds": float,
    str: documents.NUMBER,
}
_SHOWN = 5  # Numbers of damaged lines, at most.


def read(path: pathlib.Path, *, until: float = math.inf) -> list[dict]:
    """The records of a file, before and after damaged lines.

    A warning counts and names those.

    Args:
        path: of the file; without it there are no records.
        until: the last step.

    Returns:
        Of each record a dict of numbers, among them `step` and `seconds`.

    Raises:
        UserError: the file cannot be read.
    """
    return [record for _, record in _read(path).until(until)]


def rewind(path: pathlib.Path, step: int) -> list[dict]:
    """Removes the records after a step, so that others can be appended.

    The file is written only where that changes it. Before one with damaged
    lines is, it is kept beside.

    Args:
        path: of the file.
        step: the last to be kept.

    Returns:
        The records up to `step`, see `read`.

    Raises:
        UserError: the file cannot be read or written.
    """
    found = _read(path)
    kept = found.until(step)
    if found.last or len(kept) < len(found.lines):
        if found.damaged:
            copy = _free_name(path, ".damaged")
            write_bytes(copy, found.content)
            logging.warning("%s as it was is now %s", path, copy)
        write_bytes(path, b"".join(line + b"\n" for line, _ in kept))
    return [record for _, record in kept]


def seconds(metrics: list[dict]) -> float:
    """Wall time of training up to the last of some records."""
    return metrics[-1]["seconds"] if metrics else 0.0


@dataclasses.dataclass(frozen=True)
class _File:
    content: bytes
    lines: list[tuple[bytes, dict]]  # As they stand there, and the records.
    damaged: list[int]  # Numbers of the others, from 1.
    last: bytes  # The last line if it has no end.

    def until(self, step):
        return [line for line in self.lines if line[1]["step"] <= step]


def _read(path):
    try:
        content = inputs.read_bytes(path)
    except inputs.MissingFile:
        content = b""
    lines, damaged = [], []
    *_, last = every = content.split(b"\n")
    for number, line in enumerate(every, start=1):
        if record := _record(line):
            lines.append((line, record))
        elif line.strip():
            damaged.append(number)
    if damaged:
        shown = ", ".join(map(str, damaged[:_SHOWN]))
        logging.warning(
            "%s: %d of %d lines damaged and left out: %s%s",
            path,
            len(damaged),
            len(damaged) + len(lines),
            shown,
            ", ..." * (len(damaged) > _SHOWN),
        )
    if damaged and damaged[-1] == len(every) and _is_part(last):
        damaged.pop()  # Nobody misses it.
    return _File(content, lines, damaged, last)


def _record(line):
    """The record of a line, None if it is none."""
    try:
        return documents.parse(line, _RECORD)
    except documents.Damaged:
        return None


def _is_part(line):
    """Whether a record was cut, as where a process is killed."""
    return _START.startswith(line[: len(_START)]) and line[-1:] != b"}"


def _free_name(path, suffix):
    """`path` with the suffix, and a number where that is there already."""
    numbers = itertools.chain([""], (f".{n}" for n in itertools.count(2)))
    names = (path.with_name(path.name + suffix + n) for n in numbers)
    return next(name for name in names if not os.path.lexists(name))
