"""The table of the records of tools/evaluate_neighbours.py."""

from __future__ import annotations

from tools.dev import markdown

_HEADINGS = (
    "record",
    "test images",
    "samples",
    "wrong by samples",
    "real images",
    "wrong by real images",
)


def table(records: dict[str, dict]) -> str:
    """The Markdown, errors in percent.

    Args:
        records: by name, of the kind `neighbours`.
    """
    rows = (_cells(name, record) for name, record in records.items())
    return "\n" + markdown.table(_HEADINGS, rows)


def _cells(name, record):
    counts, dataset = record["counts"], record["dataset"].rpartition("/")[2]
    return (
        markdown.link(name, record),
        f"{counts['test']:,} of {dataset}",
        f"{counts['samples']:,}",
        _error(record["errors"]["samples"]),
        f"{counts['real']:,}",
        _error(record["errors"]["real"]),
    )


def _error(score):
    return f"{score['value']:.2%} ± {100 * score['error']:.2f}"
