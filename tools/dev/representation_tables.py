"""The table of the records of tools/evaluate_representation.py."""

from __future__ import annotations

from tools.dev import markdown

_HEAD = """
| record | labelled images | discriminator | before its training | pixels \
| Radford et al. |
| --- | --- | --- | --- | --- | --- |
"""
# Data set and labels -> accuracy in section 5: a discriminator of ImageNet on
# all of CIFAR-10; one of SVHN.
_PUBLISHED = {
    ("cifar10", 50000): "82.8%, of ImageNet",
    ("svhn_cropped", 1000): "77.5%",
}


def table(records: dict[str, dict]) -> str:
    """The Markdown, accuracies in percent.

    Args:
        records: by name, of the kind `representation`.
    """
    return _HEAD + "".join(
        markdown.row(*_cells(name, record)) for name, record in records.items()
    )


def _cells(name, record):
    labels = record["dataset"], record["counts"]["train"]
    return (
        markdown.link(name, record),
        f"{labels[1]:,} of {labels[0].rpartition('/')[2]}",
        *(
            _accuracy(record["representations"][of])
            for of in ("trained", "initial", "pixels")
        ),
        _PUBLISHED.get(labels, ""),
    )


def _accuracy(of):
    value, error = of["accuracy"]["value"], of["accuracy"]["error"]
    return f"{value:.1%} ± {100 * error:.1f}"
