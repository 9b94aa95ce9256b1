"""Context-free grammars: which strings are of one, and strings of it.

    S -> x | S+S | S-S | S*S | S/S

Rules are lines; a capital letter that has a rule is a variable, the first one
the start, and every other character is one of the strings'. Spaces count for
nothing.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np

from tfgan_ref.errors import UserError

ARITHMETIC = "S -> x | S+S | S-S | S*S | S/S"


class Grammar:
    """A grammar of strings.

    Args:
        text: its rules.

    Attributes:
        symbols: the characters of its strings, in their order, a str.

    Raises:
        UserError: a line is no rule, an alternative is empty, variables stand
            for one another in a circle, or there is no finite string.
    """

    def __init__(self, text: str):
        self._rules: dict[str, list[str]] = {}
        for line in filter(str.strip, text.splitlines()):
            name, arrow, right = "".join(line.split()).partition("->")
            if not arrow or len(name) != 1 or not name.isupper():
                raise UserError(
                    "A rule such as `S -> x | S+S` was expected. "
                    f"Received: {line.strip()!r}"
                )
            self._rules.setdefault(name, []).extend(right.split("|"))
        if not self._rules:
            raise UserError(
                "Rules such as `S -> x | S+S` were expected. Received: none"
            )
        if not all(map(all, self._rules.values())):
            raise UserError(
                "Rules without an empty alternative were expected. "
                f"Received: {text!r}"
            )
        self._start = next(iter(self._rules))
        characters = set("".join(itertools.chain(*self._rules.values())))
        self.symbols = "".join(sorted(characters - self._rules.keys()))
        self._check_finite(text)
        self.ways = functools.cache(self._ways)

    def _check_finite(self, text):
        """That the start has a finite string, and no variable is itself."""
        done = set(self.symbols)
        for _ in self._rules:  # One more in each pass, or none any more.
            for name, rights in self._rules.items():
                if any(done.issuperset(right) for right in rights):
                    done.add(name)
        if self._start not in done:
            raise UserError(
                "A grammar that has a finite string was expected. "
                f"Received: {text.strip()!r}"
            )
        reached = {name: set(self._rules[name]) for name in self._rules}
        for _ in self._rules:
            for found in reached.values():
                found |= set().union(*(reached.get(x, ()) for x in found))
        circular = [name for name in reached if name in reached[name]]
        if circular:
            raise UserError(
                "Variables that stand for no other in a circle were expected. "
                f"Received: {circular[0]} of {text.strip()!r}"
            )

    def accepts(self, string: str) -> bool:
        """Whether it is a string of the grammar, by Cocke, Younger, Kasami."""

        @functools.cache
        def is_of(symbols, begin, end):
            """Whether symbols derive that part of the string."""
            first, *rest = symbols
            if rest:  # Each symbol has one character at least.
                return any(
                    is_of(first, begin, cut) and is_of(symbols[1:], cut, end)
                    for cut in range(begin + 1, end - len(rest) + 1)
                )
            if first not in self._rules:
                return string[begin:end] == first
            return any(is_of(right, begin, end) for right in self._rules[first])

        return bool(string) and is_of(self._start, 0, len(string))

    def _ways(self, symbols: str, length: int) -> int:
        """How many derivations of symbols have so many characters."""
        first, rest = symbols[0], symbols[1:]
        if rest:
            return sum(
                self.ways(first, cut) * self.ways(rest, length - cut)
                for cut in range(1, length - len(rest) + 1)
            )
        if first not in self._rules:
            return int(length == 1)
        return sum(self.ways(right, length) for right in self._rules[first])

    def lengths(self, longest: int) -> list[int]:
        """Those that strings of so many characters at most have."""
        return [n for n in range(1, longest + 1) if self.ways(self._start, n)]

    def draw(self, longest: int, rng: np.random.Generator) -> str:
        """A string: any length that there is, then any derivation of it.

        Args:
            longest: int, the most characters.
            rng: what it is drawn with.

        Raises:
            UserError: all strings are longer.
        """
        if not (lengths := self.lengths(longest)):
            raise UserError(
                f"A grammar of strings of {longest} characters at most was "
                "expected. Received: one of longer ones"
            )
        return self._drawn(self._start, int(rng.choice(lengths)), rng)

    def _drawn(self, symbols, length, rng):
        first, rest = symbols[0], symbols[1:]
        if rest:
            cuts = range(1, length - len(rest) + 1)
            weights = [
                self.ways(first, cut) * self.ways(rest, length - cut)
                for cut in cuts
            ]
            cut = cuts[_pick(weights, rng)]
            return self._drawn(first, cut, rng) + self._drawn(
                rest, length - cut, rng
            )
        if first not in self._rules:
            return first
        rights = self._rules[first]
        weights = [self.ways(right, length) for right in rights]
        return self._drawn(rights[_pick(weights, rng)], length, rng)


def _pick(weights, rng):
    """A place, in proportion to its weight; these are whole numbers."""
    shares = np.array([weight / sum(weights) for weight in weights])
    return int(rng.choice(len(shares), p=shares / shares.sum()))
