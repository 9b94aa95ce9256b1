"""Draws the tutorial's figures, every curve from the library's functions.

    python tools/dev/figures.py --out=pictures --only=fig16
    python tools/dev/figures.py --out=docs/images/tutorial \
        --json=results/figures.json

A caption states what was computed beside what the tutorial claims. Figures 22
and 32, and that of WGAN-GP, are drawn from recorded runs, where results/ has
any.
"""

from __future__ import annotations

import importlib.util
import pathlib
import sys

from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard
from tfgan_ref.outputs import check_writable, write_json

NAMES = (
    "fig08",
    "fig14",
    "fig16",
    "fig21",
    "fig22",
    "fig32",
    "fig35",
    "fig36",
    "fig37",
    "exercise73",
    "f_gan",
    "critic",
)
RECORDED = ("fig22", "fig32", "critic")


def modules() -> dict:
    """Each figure's module, by its name."""
    from tools.dev.tutorial_figures import (
        critic,
        exercise73,
        f_gan,
        fig08,
        fig14,
        fig16,
        fig21,
        fig22,
        fig32,
        fig35,
        fig36,
        fig37,
    )

    drawn = fig08, fig14, fig16, fig21, fig22, fig32, fig35, fig36, fig37
    return dict(zip(NAMES, (*drawn, exercise73, f_gan, critic), strict=True))


def draw(name: str, folder: pathlib.Path, results: pathlib.Path) -> dict:
    """Computes a figure and writes folder/NAME.png.

    Args:
        name: of `NAMES`.
        folder: of the picture.
        results: of the recorded runs.

    Returns:
        Its `head`, `caption` and `claims`, as JSON.

    Raises:
        UserError: the runs are not recorded, or the file cannot be written.
    """
    from tools.dev.tutorial_figures import style
    from tools.dev.tutorial_figures.claims import caption

    module = modules()[name]
    arguments = [results] if name in RECORDED else []
    computed = module.compute(*arguments)
    text = caption(module.HEAD, computed)
    style.save(module, computed, text, folder / f"{name}.png")
    return {"head": module.HEAD, "caption": text, "claims": computed["claims"]}


def main(flags) -> None:
    """Draws what the flags name, and prints the captions."""
    from tfgan_ref import provenance
    from tools.dev import records

    folder, results = pathlib.Path(flags.out), pathlib.Path(flags.results)
    record = pathlib.Path(flags.json or folder / "figures.json")
    names = [flags.only] if flags.only else NAMES
    check_writable(*(folder / f"{name}.png" for name in names))
    check_writable(None if flags.json is None else record)
    if set(names) & set(RECORDED):
        records.check_folder(results)
    circumstances = provenance.describe()
    content = {}
    for name in names:
        try:
            content[name] = draw(name, folder, results)
        except records.NotRecorded as error:
            if flags.only:
                raise
            print(f"{name} is left out: {error}", file=sys.stderr)
        else:
            print(f"{name}.png: {content[name]['caption']}", flush=True)
    if flags.json is not None:
        write_json(record, circumstances | {"figures": content})


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument("--out", required=True, help="folder of the .png files")
    parser.add_argument("--only", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--json",
        nargs="?",
        const="",
        metavar="FILE",
        help="write what the captions state, to OUT/figures.json if not named",
    )
    parser.add_argument("--results", default="results", help="recorded runs")
    flags = parser.parse_args(arguments)
    if flags.only and flags.only not in NAMES:
        parser.error(
            f"--only is one of {', '.join(NAMES)}. Received: {flags.only}"
        )
    if not importlib.util.find_spec("matplotlib"):
        parser.error("matplotlib is needed (the extra `figures`)")
    return flags


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
