"""Writes docs/tutorial.md: the tutorial's equations, found in the code.

    python tools/dev/tutorial_page.py

Its claims are in tools/dev/tutorial_claims/, its numbers in results/*.json,
which tools/dev/figures.py and tools/dev/record_result.py have written.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard
from tfgan_ref.outputs import check_writable, write_text


def main(flags) -> None:
    """Writes the page."""
    from tools.dev.tutorial import page

    root = pathlib.Path(flags.root)
    path = root / "docs" / "tutorial.md"
    check_writable(path)
    write_text(path, page.page(root))


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--root", default=".", help="the checkout")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
