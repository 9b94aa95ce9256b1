"""Standard input, output and error, whatever a program was started with."""

from __future__ import annotations

import contextlib
import io
import os
import sys


def prepare() -> None:
    """Makes streams that were closed, and lets all text through.

    Else the next file that is opened would get the number of one of them, and
    with it what is printed.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # Takes the lowest number free.
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of ASCII; names that are no UTF-8.
            stream.reconfigure(errors="backslashreplace")


def flush() -> OSError | None:
    """Writes what was printed; why it cannot be.

    After an error it is gone: Python would try again as it ends.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        with contextlib.suppress(OSError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)
        return error
    return None
