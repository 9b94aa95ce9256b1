"""Numbers that a flag takes, for absl's flags and for argparse's alike.

    define.whole("units", 512, "Of each hidden layer.")     recipes
    parser.add_argument("--units", type=ranges.whole(1))    tools

A number is finite and has a limit on both sides: what is far beyond is a slip
of the finger, and would be met late, or as an error of a library.
"""

from __future__ import annotations

import argparse
import dataclasses

MOST = 2**31 - 1  # Of what is counted, if there is no lower limit.


class OutOfRange(ValueError, argparse.ArgumentTypeError):
    """A text that is no such number; says what was expected."""


@dataclasses.dataclass(frozen=True)
class Range:
    """A function of a text, or of a number, that gives the number.

    Attributes:
        kind: int or float.
        low: the least.
        high: the greatest.
        above: whether `low` itself is none of them.
        below: whether `high` itself is none of them.

    Raises:
        OutOfRange: when called, it is no number, or out of the range.
    """

    kind: type
    low: float
    high: float
    above: bool = False
    below: bool = False

    def __call__(self, text):
        """The number."""
        try:
            number = self.kind(text)
            # Not NaN, nor 1.5 as a whole number.
            fits = number == number and (
                not isinstance(text, float) or number == text
            )
        except (ValueError, OverflowError):
            fits = False
        if not (fits and self._holds(number)):
            raise OutOfRange(f"{self} was expected. Received: {text!s:.40}")
        return number

    def _holds(self, number):
        at_an_open_end = (self.above and number == self.low) or (
            self.below and number == self.high
        )
        return self.low <= number <= self.high and not at_an_open_end

    def __str__(self):
        name = "a whole number" if self.kind is int else "a number"
        left = "(" if self.above else "["
        right = ")" if self.below else "]"
        return f"{name} in {left}{_short(self.low)}, {_short(self.high)}{right}"


def whole(low: int = 1, high: int = MOST) -> Range:
    """Whole numbers from `low` to `high`."""
    return Range(int, low, high)


def number(
    low: float = 0.0,
    high: float = 1e30,
    *,
    above: bool = False,
    below: bool = False,
) -> Range:
    """Numbers from `low` to `high`; `above` and `below`: without that end.

    What is beyond the default, float32 hardly holds.
    """
    return Range(float, low, high, above, below)


def _short(limit):
    """2^31 - 1 rather than 2147483647."""
    if isinstance(limit, float):
        return f"{limit:g}"
    for power, sign in ((limit, ""), (limit + 1, " - 1")):
        if power > 2**20 and power.bit_count() == 1:
            return f"2^{power.bit_length() - 1}{sign}"
    return str(limit)


COUNT = whole(1, 10**7)
PROCESSES = whole(1, 1000)
BATCH_SIZE = whole(1, 2**20)
PIXELS = whole(1, 4096)
ZOOM = whole(1, 256)
SHARE = number(0.0, 1.0)
SEED = whole(0, 2**32 - 1)
FIRST_SEED = whole(0, 2**62 - 1)  # Of samples: others follow.
VERSION = whole(0, 2**63 - 1)


def checkpoint(text):
    """The step of a checkpoint, or `best`."""
    return text if text == "best" else VERSION(text)
