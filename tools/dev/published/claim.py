"""A published claim, and which records are ours of it."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Number:
    """What is measured of each record.

    Attributes:
        words: before the number; empty where there is one alone.
        keys: of the record, `key:key...`, of lists a place.
        factor: of the number that is shown.
        target: if given, how many records reach it is shown instead.
    """

    words: str
    keys: str
    factor: float = 1.0
    target: float | None = None


@dataclasses.dataclass(frozen=True)
class Row:
    """One set-up.

    Attributes:
        what: it is.
        runs: the record's name, or that of several without `_seedN`.
        numbers: of each.
        published: the paper's number.
        setup: the paper's, its steps and seeds.
    """

    what: str
    runs: str
    numbers: tuple[Number, ...]
    published: str
    setup: str


@dataclasses.dataclass(frozen=True)
class Claim:
    """A table.

    Attributes:
        title: of it.
        source: the paper, with its address.
        rows: of the table.
        differs: what was found out about why ours are other numbers; empty
            where they are not, or nothing was run.
    """

    title: str
    source: str
    rows: tuple[Row, ...]
    differs: str = ""


def last(name: str) -> str:
    """The keys of a score of a run's last evaluation."""
    return f"evaluations:-1:eval/{name}"
