"""Computes the tutorial's claims with the library's functions, and draws them.

    python tools/dev/figures.py --out=pictures --only=fig16
    python tools/dev/figures.py --out=docs/images/tutorial \
        --json=results/figures.json

A caption states what was computed beside what should come out. Some are of
recorded runs, where results/ has them.
"""

from __future__ import annotations

import importlib.util
import pathlib
import sys

from tfgan_ref import recorded
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import guard
from tfgan_ref.outputs import check_writable

# Of the claims that can be computed; those without a picture have numbers only.
NAMES = (
    "fig08",
    "fig35",
    "theorem",
    "fig16",
    "saturation",
    "exercise73",
    "fig14",
    "fig15",
    "fig20",
    "smoothing",
    "fig21",
    "reference_batch",
    "balance",
    "depth",
    "order",
    "fig22",
    "fig32",
    "likelihood",
    "discrete_outputs",
    "inverse_rl",
    "actor_critic",
    "fig36",
    "fig37",
    "f_gan",
    "critic",
)
RECORDED = ("fig15", "balance", "fig22", "fig32", "critic")


def draw(name: str, folder: pathlib.Path, results: pathlib.Path) -> dict:
    """Computes a claim, and writes folder/NAME.png if it has a picture.

    Args:
        name: of `NAMES`.
        folder: of the picture.
        results: of the recorded runs.

    Returns:
        Its `numbers` and, of a picture, `head` and `caption`, as JSON.

    Raises:
        UserError: the runs are not recorded, or the file cannot be written.
    """
    from tools.dev.tutorial import style
    from tools.dev.tutorial.numbers import caption
    from tools.dev.tutorial_claims import every

    module = every.MODULES[name]
    computed = module.compute(*([results] if name in RECORDED else []))
    content = {"numbers": computed["numbers"]}
    if not hasattr(module, "draw"):
        return content
    text = caption(module.HEAD, computed)
    style.save(module, computed, text, folder / f"{name}.png")
    return {"head": module.HEAD, "caption": text, **content}


def main(flags) -> None:
    """Draws what the flags name, and prints the captions."""
    from tools.dev import records

    folder, results = pathlib.Path(flags.out), pathlib.Path(flags.results)
    record = pathlib.Path(flags.json or folder / "figures.json")
    names = [flags.only] if flags.only else NAMES
    check_writable(*(folder / f"{name}.png" for name in names))
    recorded.check_writable(None if flags.json is None else record)
    if set(names) & set(RECORDED):
        records.check_folder(results)
    circumstances = recorded.circumstances("figures")
    content = {}
    for name in names:
        try:
            content[name] = draw(name, folder, results)
        except records.NotRecorded as error:
            if flags.only:
                raise
            print(f"{name} is left out: {error}", file=sys.stderr)
        else:
            print(f"{name}: {_told(content[name])}", flush=True)
    if flags.json is not None:
        for figure in content.values():
            figure.pop("caption", None)  # Head and numbers once more.
        circumstances["names"] = list(content)
        recorded.write(record, circumstances | {"figures": content})


def _told(content):
    """The caption, or the numbers of a claim without a picture."""
    from tools.dev.tutorial.numbers import sentence

    numbers = "; ".join(map(sentence, content["numbers"].values()))
    return content.get("caption", numbers)


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
