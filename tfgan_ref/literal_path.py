r"""Folders under names that TensorFlow takes as they are.

Its file functions take a path with `* ? [ ] \` in it for a pattern: a run in
`seed[1]` would delete the checkpoints of `seed1`. Nor do they take bytes that
are no UTF-8.
"""

from __future__ import annotations

import atexit
import functools
import os
import pathlib
import re
import shutil
import tempfile

from tfgan_ref.errors import ALIASES, UserError, reason

# Python has surrogates for bytes that are no UTF-8.
_NOT_LITERAL = re.compile(r"[*?\[\]\\\ud800-\udfff]")


def literal(folder: str | os.PathLike) -> str:
    """A name of a folder, for TensorFlow's file functions.

    Args:
        folder: any; to be written to, it must be there.

    Returns:
        The folder as it was given; where TensorFlow would not take it as it
        is, a symbolic link to it that ends with the process.

    Raises:
        UserError: there is no place for a link.
    """
    path = pathlib.Path(folder).absolute()
    if not _NOT_LITERAL.search(str(path)):
        return str(folder)
    try:
        link = _link(path)
    except OSError as error:
        raise UserError(
            f"TensorFlow does not take {str(folder)!r} as it is, and there is "
            f"no place for a link to it: {reason(error)}"
        ) from None
    ALIASES[link] = str(folder)
    return link


@functools.cache
def _link(path):
    temporary = tempfile.gettempdir()
    if _NOT_LITERAL.search(temporary):
        temporary = "/tmp"
    place = tempfile.mkdtemp(prefix="tfgan_ref-", dir=temporary)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    link = pathlib.Path(place) / "link"
    link.symlink_to(path)
    return str(link)
