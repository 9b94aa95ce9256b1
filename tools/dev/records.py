"""Recorded results, as the tools read them that make pages and pictures."""

from __future__ import annotations

import contextlib
import pathlib
import re
from collections.abc import Iterator

from tfgan_ref import recorded
from tfgan_ref.errors import UserError, reason

# Programs that have moved to tools/dev/ since they wrote records.
_MOVED = re.compile(r"\btools/(?=(benchmark|benchmark_serving|figures)\.py)")
# A path that leaves the checkout, but for its last name.
_OUTSIDE = re.compile(r"(?<=[=: ])(?:\.\./|~/|/)(?:[^\s/]+/)*(?=[^\s/])")


class NotRecorded(UserError):
    """The runs that are to be shown are not there."""


def check_folder(folder: pathlib.Path) -> None:
    """Raises `UserError` unless there is such a folder.

    No page is to lose its numbers to a mistyped name.
    """
    if not folder.is_dir():
        raise UserError(f"A folder of records was expected. Received: {folder}")


def read_all(folder: pathlib.Path) -> dict[str, dict]:
    """The records of a folder by name, in its order.

    Raises:
        UserError: there is no such folder, or no record in it, or one is
            damaged.
    """
    check_folder(folder)
    found = {path.stem: read(path) for path in sorted(folder.glob("*.json"))}
    if not found:
        raise UserError(f"{folder} holds no record, NAME.json")
    return found


def read(path: pathlib.Path, pick=None):
    """Reads a record; its command is as it would be given now.

    Args:
        path: of the file.
        pick: function of the dict, whose result is wanted; None: the dict.

    Raises:
        UserError: see `recorded.read`; or `pick` does not find in it what it
            looks for.
    """
    record = recorded.read(path)
    with naming(path):
        for name in {"command", "model"} & record.keys():
            record[name] = _as_now(record[name])
        settings = record.get("settings", {})
        if "cost" in settings:
            settings["game"] = settings.pop("cost")
        return pick(record) if pick else record


def dig(record, keys: str, lacks: str):
    """What a record has below its keys.

    Args:
        record: or a part of one.
        keys: `key:key...`, of lists a place.
        lacks: how the message begins where it is not there.

    Raises:
        UserError: it is not there.
    """
    for key in keys.split(":"):
        try:
            record = record[int(key) if isinstance(record, list) else key]
        except (LookupError, ValueError):
            raise UserError(f"{lacks}: {key} is missing") from None
    return record


def revision(record: dict) -> str:
    """Its revision in words; says so if that does not hold the code."""
    changed = " with uncommitted changes" if record.get("dirty") else ""
    return f"revision {record['revision'][:9]}{changed}"


def _as_now(command: str) -> str:
    # What is outside the checkout is on one machine: its last name is enough.
    command = _OUTSIDE.sub("", command)
    return _MOVED.sub("tools/dev/", command.replace("--cost=", "--game="))


@contextlib.contextmanager
def naming(path: pathlib.Path) -> Iterator[None]:
    """Whatever a damaged record runs into becomes a `UserError` with its name.

    Args:
        path: of the record that is looked at.
    """
    try:
        yield
    except UserError:
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise UserError(
            f"{path} is damaged ({type(error).__name__}: {reason(error)})"
        ) from None
