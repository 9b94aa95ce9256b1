"""--help of a recipe, and the names that flags had before."""

from __future__ import annotations

import os
import re
import sys

from absl import flags

from recipes.common import flag_files

_RENAMED = {"cost": "game"}


class _Help(flags.BooleanFlag):
    """Prints every flag of the recipe; absl's prints those of its file."""

    def __init__(self, name, short_name=None):
        super().__init__(
            name,
            False,
            "List the flags of the recipe.",
            short_name=short_name,
            allow_override=True,
        )

    def parse(self, argument):
        super().parse(argument)
        if self.value:
            try:
                print(_describe(), flush=True)
            except BrokenPipeError:  # Of `| head`.
                sys.stdout = open(os.devnull, "w")
            sys.exit(0)


def define_help() -> None:
    """Puts --help and --helpshort in absl's place, which has defined them."""
    # Not under the name of this module: it is no setting of a run.
    for flag in _Help("help", short_name="?"), _Help("helpshort"):
        flags.DEFINE_flag(flag, module_name="absl.app")


def _describe() -> str:
    modules = flags.FLAGS.flags_by_module_dict()
    # The recipe's own first: it is the program, whatever its name is.
    own = [name for name in modules if name == sys.argv[0]]
    shared = [name for name in modules if name.startswith("recipes.")]
    helps = (flags.FLAGS.module_help(name) for name in own + sorted(shared))
    doc = sys.modules["__main__"].__doc__ or ""
    return "\n".join([doc, *helps, "", "Those of logging: --helpfull"])


def by_new_names(argv: list[str]) -> list[str]:
    """The command line, flag files read, with the names of today's flags.

    Args:
        argv: with the program's name.
    """
    program, *arguments = argv
    arguments = flag_files.expanded(arguments)
    for old, new in _RENAMED.items():
        if new in flags.FLAGS and old not in flags.FLAGS:
            pattern = re.compile(rf"^--?{old}(?==|$)")
            arguments = [pattern.sub(f"--{new}", x, 1) for x in arguments]
    return [program, *arguments]
