"""Runs many command lines of one recipe in one process.

It has, of each case, the exit status, or the line that goes with status 1, and
what was printed.
"""

import contextlib
import importlib
import io
import json
import pathlib
import sys
import traceback

from tests import forked

ROOT = pathlib.Path(__file__).parents[2]


def answers(recipe, cases, file):
    """Case -> status and output, of flags by case."""
    lines = [[case, *flags] for case, flags in cases.items()]
    status = forked.call(_answer, recipe, lines, str(file))
    assert status == 0, f"{recipe}: {status}"
    return json.loads(pathlib.Path(file).read_text())


def _answer(recipe, lines, file):
    from absl import flags
    from absl.testing import flagsaver

    from tfgan_ref.errors import guard

    sys.argv = [__file__, recipe, file]
    run = importlib.import_module(recipe).main
    found = {}
    for case, *arguments in lines:
        output, said = io.StringIO(), io.StringIO()
        with (
            flagsaver.flagsaver(),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(said),
        ):
            try:
                flags.FLAGS([recipe, *arguments])
                status = guard(run)
            except SystemExit as end:
                status = end.code
                if status == 1:
                    *_, status = said.getvalue().splitlines()
            except Exception:
                status = traceback.format_exc()
        found[case] = [status, output.getvalue()]
    pathlib.Path(file).write_text(json.dumps(found))
