"""The table of the records of tools/evaluate_representation.py."""

from __future__ import annotations

from tools.dev import markdown

_HEADINGS = (
    "record",
    "labelled images",
    "discriminator",
    "before its training",
    "pixels",
)


def table(records: dict[str, dict]) -> str:
    """The Markdown, accuracies in percent.

    Args:
        records: by name, of the kind `representation`.
    """
    rows = (_cells(name, record) for name, record in records.items())
    return "\n" + markdown.table(_HEADINGS, rows)


def _cells(name, record):
    dataset = record["dataset"].rpartition("/")[2]
    return (
        markdown.link(name, record),
        f"{record['counts']['train']:,} of {dataset}",
        *(
            _accuracy(record["representations"][of])
            for of in ("trained", "initial", "pixels")
        ),
    )


def _accuracy(of):
    value, error = of["accuracy"]["value"], of["accuracy"]["error"]
    return f"{value:.1%} ± {100 * error:.1f}"
