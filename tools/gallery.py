"""Writes a run as one page of HTML that needs no other file.

    python tools/gallery.py --model=runs/fashion_mnist --out=site

The page has the samples over time with a slider, the training curves,
interpolations between four samples, the last metrics, the command and every
setting. It may be written while the run goes on.
"""

from __future__ import annotations

import pathlib
import sys

from tfgan_ref import ranges
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard
from tfgan_ref.outputs import check_writable, write_text


def main(flags) -> None:
    """Writes index.html into --out."""
    from tfgan_ref.training.workdir import WorkDir
    from tools.gallery_page import content, page

    target = pathlib.Path(flags.out).expanduser() / "index.html"
    _check_target(target, page.GENERATOR)
    check_writable(target)
    found = content.gather(WorkDir(flags.model), flags.seed, flags.zoom)
    text = page.render(found)
    write_text(target, text)
    print(
        f"{target}: {len(found.grids)} grids of samples, "
        f"{len(found.records)} records, {len(text) / 1e6:.1f} MB"
    )
    if found.note:
        print(f"No interpolations: {found.note}")


def _check_target(target, generator):
    """A page of this program may be written anew; no other file may."""
    if target.parent.exists() and not target.parent.is_dir():
        raise UserError(f"--out must be a folder. Received: {target.parent}")
    if target.is_file():
        mark = f'<meta name="generator" content="{generator}">'
        if mark not in target.read_text(errors="replace")[:1000]:
            raise UserError(
                f"{target} is there already, and no page of this program: "
                "choose another --out"
            )


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--model", "--workdir", required=True, help="a workdir")
    parser.add_argument("--out", required=True, help="folder of index.html")
    parser.add_argument(
        "--seed",
        type=ranges.FIRST_SEED,
        default=0,
        help="first of the interpolations' four",
    )
    parser.add_argument(
        "--zoom", type=ranges.ZOOM, default=2, help="of the interpolations"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
    guard(lambda: main(_parse_flags()))
