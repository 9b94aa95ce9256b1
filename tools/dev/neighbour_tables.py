"""The table of the records of tools/evaluate_neighbours.py."""

from __future__ import annotations

from tools.dev import markdown

_HEAD = """
| record | test images | samples | wrong by samples | real images \
| wrong by real images | Radford et al.: DCGAN, GAN, real images |
| --- | --- | --- | --- | --- | --- | --- |
"""
# Table 3 of the paper, of MNIST's test images, of 50,000 each.
_PUBLISHED = {50000: "2.98%, 6.28%, 3.1%"}


def table(records: dict[str, dict]) -> str:
    """The Markdown, errors in percent.

    Args:
        records: by name, of the kind `neighbours`.
    """
    return _HEAD + "".join(
        markdown.row(*_cells(name, record)) for name, record in records.items()
    )


def _cells(name, record):
    counts, dataset = record["counts"], record["dataset"].rpartition("/")[2]
    is_mnist = dataset.removeprefix("idx:") == "mnist"
    return (
        markdown.link(name, record),
        f"{counts['test']:,} of {dataset}",
        f"{counts['samples']:,}",
        _error(record["errors"]["samples"]),
        f"{counts['real']:,}",
        _error(record["errors"]["real"]),
        _PUBLISHED.get(counts["samples"], "") if is_mnist else "",
    )


def _error(score):
    return f"{score['value']:.2%} ± {100 * score['error']:.2f}"
