"""The command lines of tools: argparse, with mistakes in one line."""

from __future__ import annotations

import argparse

from tfgan_ref.errors import printable


class _Help(argparse.ArgumentDefaultsHelpFormatter):
    """The defaults that say something."""

    def _get_help_string(self, action):
        default = action.default
        if default is None or default is False or isinstance(default, list):
            return action.help
        return super()._get_help_string(action)


class Parser(argparse.ArgumentParser):
    """A parser whose description is the first line of a text, if any.

    Args:
        text: docstring of the program.
        **how: of `argparse.ArgumentParser`.
    """

    def __init__(self, text=None, **how):
        if text is not None:
            how["description"] = text.split("\n")[0]
        super().__init__(**{"formatter_class": _Help} | how)

    def refuse_unused(self, flags, where: str, *names: str) -> None:
        """Ends the program if flags are set that would have no effect.

        Args:
            flags: of `parse_args`.
            where: what makes them useless, as the message names it.
            *names: of flags; one that has its default is not set.
        """
        for name in names:
            value = getattr(flags, name)
            if value != self.get_default(name):
                self.error(f"--{name} has no effect {where}. Received: {value}")

    def error(self, message):
        """Ends the program with status 2."""
        self.exit(2, f"error: {printable(message)} (--help lists the flags)\n")
