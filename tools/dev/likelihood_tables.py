"""The table of the records of tools/evaluate_likelihood.py."""

from __future__ import annotations

from tools.dev import markdown

_HEADINGS = (
    "record",
    "images",
    "variance",
    "distributions, chains",
    "log-likelihood, nats",
    "gap",
    "Parzen windows",
)


def table(records: dict[str, dict]) -> str:
    """The Markdown.

    Args:
        records: by name, of the kind `likelihood`.
    """
    rows = (_cells(name, record) for name, record in records.items())
    return "\n" + markdown.table(_HEADINGS, rows)


def _cells(name, record):
    return (
        markdown.link(name, record),
        f"{record['counts']['images']} of {record['split']}",
        f"{record['variance']:g}",
        f"{record['distributions']}, {record['chains']}",
        _score(record["log_likelihood"]),
        _score(record["gap"]),
        _score(record["parzen"]),
    )


def _score(score):
    error = f" ± {score['error']:.2g}" if "error" in score else ""
    return f"{score['value']:.4g}{error}"
