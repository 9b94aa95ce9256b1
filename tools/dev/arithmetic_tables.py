"""The table of the records of tools/evaluate_arithmetic.py."""

from __future__ import annotations

from tools.dev import markdown

_HEADINGS = (
    "record",
    "latents averaged",
    "tone right",
    "person right",
    "both",
    "by chance",
)


def table(records: dict[str, dict]) -> str:
    """The Markdown.

    Args:
        records: by name, of the kind `arithmetic`.
    """
    rows = (
        (
            markdown.link(name, record),
            count,
            *(f"{share[key]:.1%}" for key in ("tone", "person", "both")),
            f"{record['chance']:.1%}",
        )
        for name, record in records.items()
        for count, share in record["shares"].items()
    )
    return "\n" + markdown.table(_HEADINGS, rows)
