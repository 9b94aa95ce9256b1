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
_RUNS = """\
| record | command | steps | time | images/s | loss G, D | hardware |
| --- | --- | --- | --- | --- | --- | --- |
"""
_DIVERSITY = """
| record | generators | classes covered | class entropy, nats | confidence |
| --- | --- | --- | --- | --- |
"""
_ARITHMETIC = """
| record | latents averaged | tone right | person right | both | by chance |
| --- | --- | --- | --- | --- | --- |
"""
# Of points, whose runs docs/tutorial.md lists.
_IN_TUTORIAL = (
    "balance_",
    "divergence_",
    "unrolled_paper_",
    "unrolled_notebook_",
)
# Epochs at which the curve of a semi-supervised run is shown.
_EPOCHS = (10, 25, 50, 60, 100, 150, 200, 300)
_MNIST_EXAMPLES = 60000


def tables(results: pathlib.Path) -> str:
    """Returns the Markdown of the recorded runs and benchmarks.

    Args:
        results: folder of the records that tools/dev/record_result.py,
            tools/dev/benchmark.py and tools/evaluate_diversity.py have made.

    Raises:
        UserError: there is no such folder, or no record, or one is damaged.
    """
    from tools.dev import (
        benchmark_tables,
        likelihood_tables,
        mode_tables,
        neighbour_tables,
        quality_tables,
        records,
        representation_tables,
        score_tables,
        taxonomy_tables,
    )

    makers = {
        "run": _runs,
        "measured": quality_tables.table,
        "systems": score_tables.table,
        "arithmetic": _arithmetic,
        "likelihood": likelihood_tables.table,
        "representation": representation_tables.table,
        "neighbours": neighbour_tables.table,
        "taxonomy": taxonomy_tables.table,
        "benchmark": benchmark_tables.notes,
        "classifies": _semi_supervised,
        "toy": mode_tables.table,
        "diversity": _diversity,
    }
    found: dict[str, dict[str, dict]] = {kind: {} for kind in makers}
    for name, record in records.read_all(results).items():
        with records.naming(results / f"{name}.json"):
            if (kind := _kind(name, record)) in makers:
                makers[kind]({name: record})  # A damaged one is named.
                found[kind][name] = record
    with records.naming(results):
        return _RUNS + "".join(
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


def _runs(records):
    return "".join(_run(name, record) for name, record in records.items())


def _run(name, record):
    metrics, hardware = record["metrics"], record["hardware"]
    settings = record["settings"]
    images_per_step = settings["batch_size"] * settings["discriminator_steps"]
    images = record["steps"] * images_per_step
    return _row(
        _link(name),
        f"`{record['command']}`",
        f"{record['steps']:,}",
        f"{record['wall_seconds']:.0f} s",
        f"{images / record['wall_seconds']:,.0f}",
        f"{metrics['loss/generator']:.2f}, {metrics['loss/discriminator']:.2f}",
        f"{hardware['cores']} cores, {hardware['cpu']}",
    )


def _semi_supervised(records):
    """The curves of the errors, beside the baseline."""
    reached = {
        epoch
        for record in records.values()
        for epoch in _by_epoch(record)
        if not record["settings"].get("supervised")
    }
    epochs = [epoch for epoch in _EPOCHS if epoch in reached]
    head = [
        "record",
        "labels, their seed",
        *(f"{epoch} epochs" for epoch in epochs),
        "time",
        "supervised only",
    ]
    lines = ["\n", _row(*head), "| --- " * len(head) + "|\n"]
    for name, record in records.items():
        settings = record["settings"]
        labels = settings["labels"], settings["label_seed"]
        baseline = _baseline(records, labels)
        if settings.get("supervised"):
            continue
        by_epoch = _by_epoch(record)
        lines.append(
            _row(
                _link(name),
                f"{labels[0]}, {labels[1]}",
                *(by_epoch.get(epoch, "not run") for epoch in epochs),
                f"{record['wall_seconds'] / 60:.0f} min, "
                f"{record['hardware']['cores']} cores",
                baseline,
            )
        )
    return "".join(lines)


def _by_epoch(record):
    """Epoch -> "raw / averaged" errors, where an epoch's end was evaluated."""
    steps = _MNIST_EXAMPLES // record["settings"]["batch_size"]
    return {
        evaluation["step"] // steps: " / ".join(
            f"{evaluation[f'eval/errors/{kind}']:.0f}"
            for kind in ("raw", "averaged")
            if f"eval/errors/{kind}" in evaluation
        )
        for evaluation in record["evaluations"]
        if evaluation["step"] % steps == 0 and _is_mnist(record)
    }


def _is_mnist(record):
    data = record["settings"]["data"]
    return (
        "fashion" not in record["settings"]["dataset"]
        and data["count"] == _MNIST_EXAMPLES
    )


def _baseline(records, labels):
    """Final errors of the supervised run on the same labels."""
    for name, record in records.items():
        settings = record["settings"]
        if settings.get("supervised") and labels == (
            settings["labels"],
            settings["label_seed"],
        ):
            last = record["evaluations"][-1]
            kinds = "raw", "averaged"
            text = " / ".join(f"{last[f'eval/errors/{k}']:.0f}" for k in kinds)
            return f"[{text}](../results/{name}.json)"
    return "not run"


def _diversity(records):
    """The table of the records of tools/evaluate_diversity.py."""
    rows = (_generators(name, record) for name, record in records.items())
    return _DIVERSITY + "".join(rows)


def _arithmetic(records):
    """The table of the records of tools/evaluate_arithmetic.py."""
    return _ARITHMETIC + "".join(
        _row(
            _link(name),
            count,
            *(f"{share[key]:.1%}" for key in ("tone", "person", "both")),
            f"{record['chance']:.1%}",
        )
        for name, record in records.items()
        for count, share in record["shares"].items()
    )


def _generators(name, record):
    numbers = [
        f"{record['mean'][key]:.3f} ± {record['standard_deviation'][key]:.3f}"
        if "mean" in record
        else f"{record['generators'][0][key]:.3f}"
        for key in ("classes_covered", "class_entropy", "confidence")
    ]
    link = _link(name) + ", of uncommitted code" * record.get("dirty", False)
    return _row(link, str(len(record["generators"])), *numbers)


def _link(name):
    return f"[{name}](../results/{name}.json)"


def _row(*cells):
    return "| " + " | ".join(cells) + " |\n"


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
    # Its other tables are in a module beside it.
    sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
    guard(lambda: main(_parse_flags()))
