"""The table of the records of tools/evaluate_diversity.py."""

from __future__ import annotations

from tools.dev import markdown

_HEADINGS = (
    "record",
    "generators",
    "classes covered",
    "class entropy, nats",
    "confidence",
)


def table(records: dict[str, dict]) -> str:
    """The Markdown.

    Args:
        records: by name, of the kind `diversity`.
    """
    rows = (_cells(name, record) for name, record in records.items())
    return "\n" + markdown.table(_HEADINGS, rows)


def _cells(name, record):
    numbers = [
        f"{record['mean'][key]:.3f} ± {record['standard_deviation'][key]:.3f}"
        if "mean" in record
        else f"{record['generators'][0][key]:.3f}"
        for key in ("classes_covered", "class_entropy", "confidence")
    ]
    count = str(len(record["generators"]))
    return markdown.link(name, record), count, *numbers
