"""Files that a program writes: tried before its work, whole after it."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
from collections.abc import Iterator

from tfgan_ref.errors import UserError


def check_writable(*paths: str | os.PathLike | None) -> None:
    """Tries before long work whether files can be written after it.

    Of the trial nothing stays: neither the file that is made in the folder of
    each, nor the folders that were missing.

    Args:
        *paths: of the files, which may be there; None where none is wanted.

    Raises:
        UserError: one of them is there and no file, or cannot be written.
    """
    wanted = [pathlib.Path(path) for path in paths if path]
    for path in wanted:
        if os.path.exists(path) and not os.path.isfile(path):
            raise UserError(f"Cannot write {path}: it is there, and no file")
    # In each folder one is enough, the first.
    for path in {path.parent: path for path in wanted[::-1]}.values():
        missing = [f for f in path.parents if not os.path.exists(f)]
        try:
            with _unfinished(path) as unfinished:
                unfinished.touch()
        finally:
            for folder in missing:
                with contextlib.suppress(OSError):
                    folder.rmdir()


def write_json(path: pathlib.Path, content: object) -> None:
    """Writes a file of indented JSON whole or not at all."""
    write_text(path, json.dumps(content, indent=2) + "\n")


def write_text(path: pathlib.Path, text: str) -> None:
    """Writes a file whole or not at all."""
    write_bytes(path, text.encode())


def write_bytes(path: pathlib.Path, content: bytes) -> None:
    """Writes a file whole or not at all.

    Raises:
        UserError: it cannot be written.
    """
    with _unfinished(path) as unfinished:
        unfinished.write_bytes(content)
        unfinished.replace(path)


@contextlib.contextmanager
def _unfinished(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A name in the same folder, of a file that is gone in the end."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
    except OSError as error:
        raise UserError(f"Cannot write {path}: {error.strerror}") from None
    finally:
        # Not there, or what should be its folder is a file.
        with contextlib.suppress(OSError):
            unfinished.unlink()
