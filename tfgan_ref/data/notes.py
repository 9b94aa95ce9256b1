"""What is said of a data set while it is read, and again at each start."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable

from absl import logging

_NAMED = 3  # Files of a kind.


class Notes:
    """Log lines, kept beside the images so that a warm start has them too.

    Args:
        folder: whose files are read; none where there is no folder.
        is_told: whether lines are logged, or kept alone.

    Attributes:
        lines: pairs of absl's level and the text.
        may_pass: whether another reading of the same files may give more
            images, so that this one is not to be kept.
        unused: file -> why it is not used.
    """

    def __init__(
        self, folder: pathlib.Path | None = None, is_told: bool = True
    ):
        self.lines: list[tuple[int, str]] = []
        self.may_pass = False
        self.unused: dict[pathlib.Path, str] = {}
        self._folder = folder or pathlib.Path()
        self._is_told = is_told

    def say(self, text: str) -> None:
        """Logs and keeps a line."""
        self._add(logging.INFO, text)

    def warn(self, text: str) -> None:
        """Logs and keeps a warning."""
        self._add(logging.WARNING, text)

    def of_unused(self) -> str:
        """One line about the files that are not used, of which there are."""
        by_reason: dict[str, list[str]] = {}
        for path, reason in sorted(self.unused.items()):
            name = shown(path.relative_to(self._folder))
            by_reason.setdefault(reason, []).append(name)
        parts = [
            f"{len(names):,} {_plural(reason, len(names))} ({some(names)})"
            for reason, names in sorted(
                by_reason.items(), key=lambda item: -len(item[1])
            )
        ]
        count = len(self.unused)
        return (
            f"{shown(self._folder)}: {count:,} {_plural('file', count)} not "
            f"used: {', '.join(parts)}"
        )

    def finish(self) -> None:
        """Warns of what is not used, once all has been decoded."""
        if self.unused:
            self.warn(self.of_unused())

    def _add(self, level, text):
        # Of files that are read twice it is said once.
        if (level, text) not in self.lines:
            self.lines.append((level, text))
            if self._is_told:
                repeat(self.lines[-1:])


def repeat(lines: Iterable[tuple[int, str]]) -> None:
    """Logs what `Notes.lines` has kept."""
    for level, text in lines:
        logging.log(level, "%s", text)


def shown(path: str | os.PathLike) -> str:
    """A name as one line of UTF-8 can show it."""
    text = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def some(names: Iterable[str]) -> str:
    """The first of some names."""
    names = list(names)
    return ", ".join(names[:_NAMED] + ["…"] * (len(names) > _NAMED))


def _plural(words, count):
    is_noun = words.endswith(("file", "picture"))
    return f"{words}s" if is_noun and count > 1 else words
