"""Flags of recipes that are numbers, each with its limits."""

from __future__ import annotations

from absl import flags

from tfgan_ref import ranges

_WIDEST = 2**14
# A flag is of the module that defines it, not of this one.
flags.disclaim_key_flags()


class _Parser(flags.ArgumentParser):
    """A range as absl takes it."""

    def __init__(self, of):
        self._of = of
        self.syntactic_help = str(of)

    def parse(self, argument):
        return self._of(argument)

    def flag_type(self):
        return self._of.kind.__name__


def whole(name, default, text, *, low=1, high=ranges.MOST):
    """Defines a flag of a whole number in [low, high].

    Args:
        name: of the flag.
        default: int or None.
        text: what it is.
        low: int.
        high: int.

    Returns:
        The flag's holder.
    """
    return _define(name, default, text, ranges.whole(low, high))


def width(name, default, text, *, low=1):
    """Defines a flag of the size of a layer, or of a vector; see `whole`."""
    return whole(name, default, text, low=low, high=_WIDEST)


def number(name, default, text, **limits):
    """Defines a flag of a finite number; the limits are of `ranges.number`."""
    return _define(name, default, text, ranges.number(**limits))


def _define(name, default, text, of):
    return flags.DEFINE(
        _Parser(of), name, default, text, serializer=flags.ArgumentSerializer()
    )
