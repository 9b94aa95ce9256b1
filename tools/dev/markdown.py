"""Pieces of the pages' Markdown: rows, links to records, numbers of seeds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence


def row(*cells: str) -> str:
    """A row of a table."""
    return "| " + " | ".join(cells) + " |\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table: its head, the rule below it, its rows."""
    rule = ["---"] * len(head)
    return "".join(row(*cells) for cells in (head, rule, *rows))


def link(name: str, record: dict) -> str:
    """A link to a record, which says whether a commit holds its code."""
    dirty = ", of uncommitted code" * record.get("dirty", False)
    return f"[{name}](../results/{name}.json)" + dirty


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Mean and standard deviation (n - 1); of one value itself."""
    mean = f"{statistics.fmean(values):.{digits}g}"
    if len(values) == 1:
        return mean
    return f"{mean} ± {statistics.stdev(values):.2g}"


def minutes(seconds: Iterable[float]) -> str:
    """The mean of what runs took."""
    mean = statistics.fmean(seconds)
    return f"{mean:.0f} s" if mean < 60 else f"{mean / 60:.0f} min"
