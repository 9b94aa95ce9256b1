"""Writes the tables of recorded results into the pages of docs/.

    python tools/dev/results_table.py
    python tools/dev/results_table.py --page=docs/performance.md

What stands between `<!-- results -->` and `<!-- /results -->`, and the same of
`benchmark`, `scaling` and `serving`, is made from results/*.json, so that no
number is copied by hand.
"""

from __future__ import annotations

import pathlib
import re
import sys

from tfgan_ref import inputs
from tfgan_ref.command_line import Parser
from tfgan_ref.errors import UserError, guard
from tfgan_ref.outputs import check_writable, write_text

_BLOCK = re.compile(
    r"(<!-- (?P<kind>results|benchmark|scaling|serving) -->\n)"
    r".*?(<!-- /(?P=kind) -->)",
    re.DOTALL,
)
# Of points, whose runs docs/tutorial.md lists.
_IN_TUTORIAL = (
    "balance_",
    "divergence_",
    "unrolled_paper_",
    "unrolled_notebook_",
)


def tables(results: pathlib.Path) -> str:
    """Returns the Markdown of the recorded runs and benchmarks.

    Args:
        results: folder of the records that tools/dev/record_result.py,
            tools/dev/benchmark.py and tools/evaluate_diversity.py have made.

    Raises:
        UserError: there is no such folder, or no record, or one is damaged.
    """
    from tools.dev import (
        arithmetic_tables,
        benchmark_tables,
        diversity_tables,
        label_tables,
        likelihood_tables,
        mode_tables,
        neighbour_tables,
        quality_tables,
        records,
        representation_tables,
        run_tables,
        score_tables,
        taxonomy_tables,
    )

    makers = {
        "run": run_tables.table,
        "measured": quality_tables.table,
        "systems": score_tables.table,
        "arithmetic": arithmetic_tables.table,
        "likelihood": likelihood_tables.table,
        "representation": representation_tables.table,
        "neighbours": neighbour_tables.table,
        "taxonomy": taxonomy_tables.table,
        "benchmark": benchmark_tables.notes,
        "classifies": label_tables.table,
        "toy": mode_tables.table,
        "diversity": diversity_tables.table,
    }
    found: dict[str, dict[str, dict]] = {kind: {} for kind in makers}
    for name, record in records.read_all(results).items():
        with records.naming(results / f"{name}.json"):
            if (kind := _kind(name, record)) in makers:
                makers[kind]({name: record})  # A damaged one is named.
                found[kind][name] = record
    with records.naming(results):
        return "".join(
            makers[kind](members) for kind, members in found.items() if members
        )


def _kind(name, record):
    """Which table a record belongs to; None: to none here."""
    from tools.dev import mode_tables, quality_tables, score_tables

    if name.startswith(_IN_TUTORIAL):
        return None
    if record["kind"] != "run":
        return None if "baseline" in name else record["kind"]
    if mode_tables.is_toy(record):
        return "toy"
    if score_tables.is_measured(record):
        return "systems"
    if quality_tables.is_measured(record):
        return "measured"
    lines = record.get("evaluations")
    # Or of scores of samples.
    of_labels = lines == [] or "eval/errors/raw" in (lines or [{}])[-1]
    return "classifies" if of_labels else "run"


def updated(page: str, results: pathlib.Path) -> str:
    """Returns the page with the tables of today's records in it.

    Args:
        page: its text.
        results: folder of the records, see `tables`.

    Raises:
        UserError: see `tables`.
    """
    from tools.dev import (
        benchmark_tables,
        first_steps,
        records,
        scaling_tables,
    )

    makers = {
        "results": lambda: first_steps.marked(tables(results), results),
        "benchmark": lambda: records.read(
            results / "benchmark.json", benchmark_tables.steps
        ),
        "scaling": lambda: records.read(
            results / "scaling.json", scaling_tables.scaling
        ),
        "serving": lambda: records.read(
            results / "serving.json", benchmark_tables.serving
        ),
    }
    return _BLOCK.sub(
        lambda block: block[1] + makers[block["kind"]]() + block[3], page
    )


def main(flags) -> None:
    """Updates the page."""
    path = pathlib.Path(flags.page)
    before = inputs.read_text(path)
    if not _BLOCK.search(before):
        raise UserError(f"{path} has no place for the table")
    check_writable(path)
    after = updated(before, pathlib.Path(flags.results))
    if before != after:
        write_text(path, after)


def _parse_flags(arguments=None):
    parser = Parser(__doc__)
    parser.add_argument(
        "--page", default="docs/results.md", help="what to update"
    )
    parser.add_argument("--results", default="results", help="the records")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    # The tables are in modules beside it.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
