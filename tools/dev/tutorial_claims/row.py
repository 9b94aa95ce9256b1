"""What is said of one claim."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """One claim.

    Attributes:
        where: section of the tutorial, or the paper.
        item: equation, figure or exercise.
        says: the claim in words.
        code: `path::name` of functions and classes.
        tests: the same of the tests that hold it.
        figure: name of a figure of tools/dev/figures.py.
        numbers: `figure:claim` of results/figures.json, `figure` for all.
        records: pairs of words and `record:key:key...` of results/*.json.
    """

    where: str
    item: str
    says: str
    code: tuple[str, ...]
    tests: tuple[str, ...] = ()
    figure: str = ""
    numbers: tuple[str, ...] = ()
    records: tuple[tuple[str, str], ...] = ()
