"""Writes docs/published.md: the papers' numbers, ours beside them.

    python tools/dev/published_page.py

Its claims are in tools/dev/published/, its numbers in results/*.json.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard
from tfgan_ref.outputs import check_writable, write_text


def main(flags) -> None:
    """Writes the page."""
    from tools.dev.published import page

    root = pathlib.Path(flags.root)
    path = root / "docs" / "published.md"
    check_writable(path)
    write_text(path, page.page(root / "results"))


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--root", default=".", help="the checkout")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
