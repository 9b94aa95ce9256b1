"""Files that a program reads: no pipes, no devices, nothing endless."""

from __future__ import annotations

import codecs
import math
import os
import stat

from tfgan_ref.errors import UserError, reason

LIMIT = 2**30  # Bytes.
_MARKS = {  # At the beginning of a text, by Windows's editors.
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class MissingFile(UserError):
    """There is no such file."""


def read_bytes(path: str | os.PathLike, limit: int = LIMIT) -> bytes:
    """Reads a file whole.

    Args:
        path: of the file.
        limit: bytes, how large it may be.

    Raises:
        MissingFile: there is none.
        UserError: it is no regular file, is too large or cannot be read.
    """
    try:
        # A pipe without a writer would be waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _check(path, os.fstat(handle), limit)
            with open(handle, "rb", closefd=False) as file:
                return file.read()
        finally:
            os.close(handle)
    except OSError as error:
        raise _unreadable(path, error) from None


def read_text(path: str | os.PathLike, limit: int = LIMIT) -> str:
    """Reads a text file whole, see `decode`.

    Raises:
        MissingFile: there is none.
        UserError: as of `read_bytes`, or it is no text.
    """
    content = read_bytes(path, limit)
    try:
        return decode(content)
    except UnicodeDecodeError as error:
        raise UserError(
            f"Cannot read {path}: text in UTF-8 was expected ({error.reason})"
        ) from None


def decode(content: bytes) -> str:
    """Text of UTF-8, with a byte order mark or without, or of marked UTF-16.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding)
    return content.decode()


def check_regular(*paths: str | os.PathLike) -> None:
    """Checks files that another library is to open.

    Raises:
        MissingFile: one of them is not there.
        UserError: one of them is a folder, a pipe, a device or a socket, or
            cannot be looked at.
    """
    for path in paths:
        try:
            _check(path, os.stat(path), math.inf)
        except OSError as error:
            raise _unreadable(path, error) from None


def _unreadable(path, error):
    kind = MissingFile if isinstance(error, FileNotFoundError) else UserError
    return kind(f"Cannot read {path}: {reason(error)}")


def _check(path, status, limit):
    if stat.S_ISDIR(status.st_mode):
        raise UserError(f"Cannot read {path}: it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise UserError(f"Cannot read {path}: it is no file")
    if status.st_size > limit:
        raise UserError(
            f"Cannot read {path}: at most {limit:,} bytes were expected. "
            f"Received: {status.st_size:,}"
        )
