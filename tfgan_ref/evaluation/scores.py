"""What a metric gives."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Score:
    """One number of an evaluation.

    Attributes:
        value: the number.
        error: its standard error, or, of the inception score, the standard
            deviation over the splits, as its protocol has it; None where
            neither is known.
        note: what a reader should know of this one, such as too few samples;
            one line, or empty.
    """

    value: float
    error: float | None = None
    note: str = ""
