"""Writes the tables of recorded results into README.md.

    python tools/results_table.py

The rows between `<!-- results -->` and `<!-- /results -->` are made from
results/*.json, so that no number is copied by hand.
"""

from __future__ import annotations

import json
import pathlib
import re

from absl import app
from absl.flags import argparse_flags

from tfgan_ref.errors import UserError, guard
from tfgan_ref.workdir import write_text

_BLOCK = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)
_HEAD = """\
| record | command | steps | time | images/s | loss G, D | hardware |
| --- | --- | --- | --- | --- | --- | --- |
"""


def table(results: pathlib.Path) -> str:
    """Returns the Markdown table of the recorded runs and benchmarks.

    Args:
        results: folder of the records that tools/record_result.py and
            tools/benchmark.py have made.
    """
    rows, notes = [], []
    for path in sorted(results.glob("*.json")):
        record = json.loads(path.read_text())
        if "metrics" in record:
            rows.append(_row(path.stem, record))
        else:
            notes.append(_note(path.stem, record))
    return _HEAD + "".join(rows) + "".join(notes)


def _note(name, record):
    """One sentence on a record of tools/benchmark.py."""
    rates = {
        part: 1e3 * record["batch_size"] / times["median"]
        for part, times in record["milliseconds"].items()
    }
    return (
        f"\nThe input pipeline alone: {rates['pipeline']:,.0f} images/s, the "
        f"training step alone: {rates['step']:,.0f} (medians; "
        f"[{name}](results/{name}.json), `{record['command']}`).\n"
    )


def _row(name, record):
    metrics, hardware = record["metrics"], record["hardware"]
    settings = record["settings"]
    images_per_step = settings["batch_size"] * settings["discriminator_steps"]
    images = record["steps"] * images_per_step
    cells = (
        f"[{name}](results/{name}.json)",
        f"`{record['command']}`",
        f"{record['steps']:,}",
        f"{record['wall_seconds']:.0f} s",
        f"{images / record['wall_seconds']:,.0f}",
        f"{metrics['loss/generator']:.2f}, {metrics['loss/discriminator']:.2f}",
        f"{hardware['cores']} cores, {hardware['cpu']}",
    )
    return "| " + " | ".join(cells) + " |\n"


def updated(readme: str, results: pathlib.Path) -> str:
    """Returns the page with the table of today's records in it."""
    return _BLOCK.sub(
        lambda block: block[1] + table(results) + block[2], readme
    )


def main(flags) -> None:
    """Updates the page."""
    path = pathlib.Path(flags.readme)
    try:
        before = path.read_text()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}") from None
    if not _BLOCK.search(before):
        raise UserError(f"{path} has no place for the table")
    after = updated(before, pathlib.Path(flags.results))
    if before != after:
        write_text(path, after)


def _parse_flags(argv):
    parser = argparse_flags.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--readme", default="README.md", help="the page")
    parser.add_argument("--results", default="results", help="the records")
    return parser.parse_args(argv[1:])


if __name__ == "__main__":
    app.run(lambda flags: guard(main, flags), flags_parser=_parse_flags)
