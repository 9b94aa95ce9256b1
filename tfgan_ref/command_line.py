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

    def error(self, message):
        """Ends the program with status 2."""
        self.exit(2, f"error: {printable(message)} (--help lists the flags)\n")
