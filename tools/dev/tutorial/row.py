"""What docs/tutorial.md says of one claim."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """One claim.

    Attributes:
        where: sections of the tutorial, or the paper.
        item: equation, figure or exercise.
        says: the claim in words.
        code: `path::name` of functions and classes.
        tests: the same of the tests that hold it.
        numbers: keys of the module's `numbers` that are shown; None: all.
        records: pairs of words and `record:key:key...` of results/*.json.
        against: what was found that speaks against it, or narrows it.
    """

    where: str
    item: str
    says: str
    code: tuple[str, ...]
    tests: tuple[str, ...] = ()
    numbers: tuple[str, ...] | None = None
    records: tuple[tuple[str, str], ...] = ()
    against: str = ""
