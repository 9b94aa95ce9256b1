"""Recorded results: a small summary of each, and its details beside it.

The summary, results/NAME.json, has its kind, the circumstances, and what the
first schema of its kind names (record_kinds.py). What tables and figures read
beyond it is in results/details/NAME.json, whose digest the summary tells, so
that the two belong together. Numbers have six digits.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Any

from tfgan_ref import documents, outputs
from tfgan_ref.errors import UserError
from tfgan_ref.record_kinds import CIRCUMSTANCES, KINDS


def circumstances(kind: str) -> dict[str, Any]:
    """How the record of a measurement begins that this process makes.

    Args:
        kind: of `KINDS`.
    """
    from tfgan_ref import provenance

    found = provenance.describe()
    commit, dirty, _ = str(found["revision"]).partition("-dirty")
    changed = {"dirty": True} if dirty else {}
    return {"kind": kind} | found | {"revision": commit} | changed


def details_of(path: pathlib.Path) -> pathlib.Path:
    """The file of a record's details, whether or not there is one."""
    return path.parent / "details" / path.name


def check_writable(path: pathlib.Path | None) -> None:
    """Tries before long work whether `write` can write a record.

    Args:
        path: of the summary; None where none is wanted.

    Raises:
        UserError: it cannot, or the file is there and no record.
    """
    if path is not None:
        _check_replaceable(path)
        # By the name that was given, where the folder is the trouble.
        outputs.check_writable(path)
        outputs.check_writable(details_of(path))


def _check_replaceable(path):
    if path.is_file() and path.stat().st_size:
        try:
            documents.read(path, {"kind": str})
        except UserError:
            raise UserError(
                f"{path} is there and no record: choose another file"
            ) from None


def check(path: pathlib.Path, record: dict) -> None:
    """Holds what is to be a record's summary to the schema of its kind.

    Args:
        path: of the file that it is from.
        record: as for `write`.

    Raises:
        UserError: it would not be read again; `path` is damaged.
    """
    documents.check(path, record, _schemas(record["kind"])[0])


def write(path: pathlib.Path, record: dict) -> None:
    """Writes a record, each of its files whole or not at all.

    Args:
        path: of the summary.
        record: with its kind; `evaluations` as a list of dicts.

    Raises:
        UserError: a file cannot be written.
    """
    names = [name.removesuffix("?") for name in _schemas(record["kind"])[0]]
    record = _rounded(record)
    summary = {name: record.pop(name) for name in names if name in record}
    beside = details_of(path)
    if record:
        if "evaluations" in record:
            record["evaluations"] = _columns(record["evaluations"])
        outputs.write_text(beside, _text(record))
        summary["details"] = _digest(record)
    outputs.write_text(path, _text(summary))
    if not record:
        beside.unlink(missing_ok=True)  # Of a record of before.


def read(path: pathlib.Path, details: bool = True) -> dict:
    """Reads a record as `write` has taken it.

    Args:
        path: of the summary.
        details: bool, whether they are wanted as well.

    Raises:
        UserError: a file is missing or damaged, or they do not belong together.
    """
    summary = documents.read(path, {"kind": str})
    if summary["kind"] not in KINDS:
        raise UserError(
            f"{path} is damaged (kind: one of {', '.join(KINDS)} was expected. "
            f"Received: {summary['kind']!r})"
        )
    of_summary, of_details = _schemas(summary["kind"])
    documents.check(path, summary, of_summary)
    digest = summary.pop("details", None)
    if not details or (digest is None and _is_optional(of_details)):
        return summary
    beside = details_of(path)
    found = documents.read(beside, of_details)
    if _digest(found) != digest:
        raise UserError(f"{beside} does not belong to {path}: record it anew")
    if "evaluations" in found:
        found["evaluations"] = _lines(beside, found["evaluations"])
    return summary | found


def _schemas(kind):
    of_summary, of_details = KINDS[kind]
    return CIRCUMSTANCES | of_summary, of_details


def _is_optional(schema):
    return all(name.endswith("?") for name in schema)


def _columns(lines):
    """Name -> list over the lines, None where one does not have it."""
    names = dict.fromkeys(["step", *(name for line in lines for name in line)])
    return {name: [line.get(name) for line in lines] for name in names}


def _lines(path, columns):
    if len({len(column) for column in columns.values()}) > 1:
        raise UserError(f"{path} is damaged (evaluations: not of one length)")
    return [
        {n: v for n, v in zip(columns, row, strict=True) if v is not None}
        for row in zip(*columns.values(), strict=True)
    ]


def _rounded(value):
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return value


def _text(content):
    """JSON with a line for each name."""
    lines = (
        f"{json.dumps(name)}: {_compact(item)}"
        for name, item in content.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _digest(content):
    return hashlib.sha256(_compact(content).encode()).hexdigest()[:16]


def _compact(content):
    return json.dumps(content, separators=(",", ":"))
