"""Which strings are of a grammar, and strings of it."""

import collections
import itertools
import re

import numpy as np
import pytest

from tfgan_ref.data.grammar import ARITHMETIC, Grammar
from tfgan_ref.errors import UserError

# Brackets that match, then an x; a rule in two lines and a unit rule.
BRACKETS = """
    S -> B x
    B -> ( ) | (B)
    B -> BB | C
    C -> [ ]
"""


def test_arithmetic_is_x_and_signs_in_turn():
    grammar = Grammar(ARITHMETIC)
    assert grammar.symbols == "*+-/x"
    pattern = re.compile(r"x([-+*/]x)*")
    for length in range(1, 6):
        for string in map("".join, itertools.product("x+/", repeat=length)):
            expected = pattern.fullmatch(string) is not None
            assert grammar.accepts(string) == expected, string
    for wrong in ("", "y", "x+x ", "x++x", "+x", "x*"):
        assert not grammar.accepts(wrong)


def matches(string):
    """By taking pairs away."""
    before = None
    while string != before:
        before, string = string, string.replace("()", "").replace("[]", "")
    return not string


def test_brackets_match():
    grammar = Grammar(BRACKETS)
    assert grammar.symbols == "()[]x"
    for length in range(1, 6):
        for string in map("".join, itertools.product("()[]", repeat=length)):
            # [ ] has nothing within.
            expected = matches(string) and not re.search(r"\[[^]]", string)
            assert grammar.accepts(string + "x") == expected, string
            assert not grammar.accepts(string)


def test_strings_are_of_the_grammar_and_of_any_length():
    for text, lengths in ((ARITHMETIC, {1, 3, 5, 7}), (BRACKETS, {3, 5, 7})):
        grammar, rng = Grammar(text), np.random.default_rng(1)
        drawn = [grammar.draw(8, rng) for _ in range(300)]
        assert all(map(grammar.accepts, drawn))
        counts = collections.Counter(map(len, drawn))
        assert counts.keys() == lengths
        # Lengths are as probable as one another.
        assert min(counts.values()) > 0.6 * 300 / len(lengths)


def test_derivations_are_counted():
    grammar = Grammar(ARITHMETIC)
    # Catalan's numbers of trees, and one of four signs at each node.
    ways = [grammar.ways("S", length) for length in range(1, 8)]
    assert ways == [1, 0, 4, 0, 2 * 16, 0, 5 * 64]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Rules such as .* were expected. Received: none"),
        ("S = x", "A rule such as .* Received: 'S = x'"),
        ("s -> x", "A rule such as .* Received: 's -> x'"),
        ("S -> x |", "without an empty alternative"),
        ("S -> S+S | (S)", r"a finite string was expected. Received: 'S -> S"),
        ("S -> T\nT -> xS", "a finite string"),
        ("S -> T | x\nT -> S", "no other in a circle .*Received: S of"),
    ],
)
def test_what_is_no_grammar_is_told(text, said):
    with pytest.raises(UserError, match=said) as caught:
        Grammar(text)
    assert len(str(caught.value).splitlines()) == 1


def test_strings_that_are_too_long_are_told():
    with pytest.raises(UserError, match="strings of 2 characters at most"):
        Grammar("S -> xyz").draw(2, np.random.default_rng(0))
