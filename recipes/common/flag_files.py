"""--flagfile=FILE, whatever editor wrote the file.

absl's own reads text of the locale's encoding alone.
"""

from __future__ import annotations

import os
import re

from tfgan_ref import inputs
from tfgan_ref.errors import UserError

_GIVEN = re.compile(r"--?flagfile(?:=(.*))?")
_LIMIT = 2**20  # Bytes.


def expanded(arguments: list[str], inside: tuple[str, ...] = ()) -> list[str]:
    """The arguments with those of files in the place of each --flagfile.

    In a file an argument has a line; others are empty or begin with # or //.

    Args:
        arguments: of the command line.
        inside: the files that these are from.

    Raises:
        UserError: a file cannot be read, or has itself in it.
    """
    found = []
    rest = iter(arguments)
    for argument in rest:
        if not (match := _GIVEN.fullmatch(argument)):
            found.append(argument)
            if argument == "--":
                break
            continue
        path = next(rest, "") if match[1] is None else match[1]
        path = os.path.expanduser(path.strip().strip("'\""))
        if not path:
            raise UserError("--flagfile=FILE was expected. Received: no file")
        if path in inside:
            raise UserError(f"--flagfile={path} has itself in it")
        lines = inputs.read_text(path, _LIMIT).splitlines()
        found += expanded(
            [*filter(None, map(_argument, lines))], (*inside, path)
        )
    return [*found, *rest]


def _argument(line):
    return "" if line.startswith(("#", "//")) else line.strip()
