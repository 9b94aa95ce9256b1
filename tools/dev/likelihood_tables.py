"""The table of the records of tools/evaluate_likelihood.py."""

from __future__ import annotations

from tools.dev import markdown

_HEAD = """
| record | images | variance | distributions, chains | log-likelihood, nats \
| gap | Parzen windows | Wu et al. |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
# Prior and variance -> log-likelihood, gap and windows of table 2: of 1,000
# test images of MNIST, of 10,000 distributions, of a million samples.
_PUBLISHED = {
    ("Normal(dim=10)", 0.025): "328.8 ± 5.5, .9, 259.7",
    ("Normal(dim=50)", 0.01): "627.3 ± 8.8, 10.0, 300.3",
}


def table(records: dict[str, dict]) -> str:
    """The Markdown.

    Args:
        records: by name, of the kind `likelihood`.
    """
    return _HEAD + "".join(
        markdown.row(*_cells(name, record)) for name, record in records.items()
    )


def _cells(name, record):
    return (
        markdown.link(name, record),
        f"{record['counts']['images']} of {record['split']}",
        f"{record['variance']:g}",
        f"{record['distributions']}, {record['chains']}",
        _score(record["log_likelihood"]),
        _score(record["gap"]),
        _score(record["parzen"]),
        _published(record),
    )


def _score(score):
    error = f" ± {score['error']:.2g}" if "error" in score else ""
    return f"{score['value']:.4g}{error}"


def _published(record):
    digits = "mnist" in record["dataset"]
    if not digits or "fashion" in record["dataset"]:
        return ""
    return _PUBLISHED.get((record["prior"], record["variance"]), "")
