"""What stands in a user's folder, of which no file is opened."""

from __future__ import annotations

import os
import pathlib
import stat
from collections.abc import Iterator
from typing import NamedTuple

from tfgan_ref.errors import UserError

# Of programs, not of the user; so is what begins with a dot, and the folder of
# a run.
_IGNORED = {"__macosx", "thumbs.db", "desktop.ini"}
_RUN = "networks.json"


class Listing(NamedTuple):
    """What a user sees in a folder, in alphabetical order.

    Attributes:
        files: regular ones, or links to such.
        folders: or links to such.
        others: pipes, devices, sockets, and links that lead nowhere.
    """

    files: list[pathlib.Path]
    folders: list[pathlib.Path]
    others: list[pathlib.Path]


def listing(folder: pathlib.Path) -> Listing:
    """Lists a folder.

    Raises:
        UserError: it cannot be read.
    """
    found = Listing([], [], [])
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise _cannot_read(folder, error) from None
    for entry in entries:
        if _is_seen(entry.name):
            _place(found, entry).append(folder / entry.name)
    runs = [path for path in found.folders if _is_run(path)]
    for path in runs:
        found.folders.remove(path)
    return found


def below(folder: pathlib.Path, *above: pathlib.Path) -> Listing:
    """Lists a folder and all that is below it, `folders` left empty.

    Each folder is listed once, however many links lead to it.

    Args:
        folder: to list.
        *above: folders to which links in it may lead back.

    Raises:
        UserError: one of them cannot be read.
    """
    seen = {_identity(path) for path in above}
    found = Listing([], [], [])
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if (identity := _identity(path)) in seen:
            continue
        seen.add(identity)
        here = listing(path)
        found.files.extend(here.files)
        found.others.extend(here.others)
        waiting.extend(here.folders)
    found.files.sort()
    found.others.sort()
    return found


def walk(folder: str | os.PathLike) -> Iterator[tuple[str, os.stat_result]]:
    """The regular files of `below` in some fixed order, and how they stand.

    At no time are many paths held: of a million files they are not small.

    Raises:
        OSError: a folder cannot be read, and so `UserError`.
    """
    seen = set()
    waiting = [os.fspath(folder)]
    while waiting:
        here = waiting.pop()
        if (identity := _identity(here)) in seen:
            continue
        seen.add(identity)
        for name in sorted(filter(_is_seen, os.listdir(here))):
            path = os.path.join(here, name)
            try:
                status = os.stat(path)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield path, status
            elif stat.S_ISDIR(status.st_mode) and not _is_run(path):
                waiting.append(path)


def _is_seen(name):
    return not name.startswith(".") and name.lower() not in _IGNORED


def _is_run(folder):
    return os.path.exists(os.path.join(folder, _RUN))


def _place(found, entry):
    try:
        if entry.is_dir():
            return found.folders
        return found.files if entry.is_file() else found.others
    except OSError:  # A link to itself.
        return found.others


def _identity(folder):
    try:
        status = os.stat(folder)
    except OSError as error:
        raise _cannot_read(folder, error) from None
    return status.st_dev, status.st_ino


def _cannot_read(folder, error):
    return UserError(f"Cannot read {folder}: {error.strerror}")
