"""`--flagfile` in the encodings that editors on Windows write.

absl reads UTF-8 alone, and takes a byte order mark for a part of a flag.
"""

from __future__ import annotations

import codecs
import os
import pathlib

from tfgan_ref.errors import UserError, reason

# Marks -> codecs that take them away; that of UTF-32 begins with UTF-16's.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_COMMENTS = ("#", "//")


def expand(arguments: list[str], *above: pathlib.Path) -> list[str]:
    """Puts the lines of flag files in place of `--flagfile=FILE`.

    Args:
        arguments: of a command line, without the program's name.
        *above: the files that this is the content of.

    Raises:
        UserError: a file cannot be read, names itself, or is in no encoding
            that it tells and not in UTF-8.
    """
    expanded: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        name, has_value, value = argument.partition("=")
        if argument == "--":
            return [*expanded, argument, *rest]
        if name not in ("--flagfile", "-flagfile"):
            expanded.append(argument)
            continue
        value = value if has_value else next(rest, "")
        path = pathlib.Path(os.path.expanduser(value.strip()))
        if path.resolve() in above:
            raise UserError(f"--flagfile={path} names itself")
        expanded += expand(_lines(path), path.resolve(), *above)
    return expanded


def _lines(path: pathlib.Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"Cannot read --flagfile={path}: {reason(error)}"
        ) from None
    marks = (mark for mark in _MARKS if content.startswith(mark))
    encoding = _MARKS.get(next(marks, b""), "utf-8")
    text = content.decode(encoding, errors="replace")
    if "\0" in text or "\ufffd" in text:
        raise UserError(
            f"--flagfile={path}: text in UTF-8 was expected, or in UTF-16 "
            f"with its byte order mark. Received: bytes that are no {encoding}"
        )
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(_COMMENTS)]
