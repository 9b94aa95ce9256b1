"""A number that the page and a figure's caption state."""

from __future__ import annotations

CLOSED_FORM = "closed form"


def number(
    what: str, measured, expected=None, by: str = CLOSED_FORM
) -> dict[str, object]:
    """One number, beside what should come out.

    Args:
        what: its name in words.
        measured: float.
        expected: float; None: nobody says how large it is.
        by: who says it: a closed form, the tutorial (see `claimed`), a paper.
    """
    return {
        "what": what,
        "measured": float(measured),
        "expected": None if expected is None else float(expected),
        "by": None if expected is None else by,
    }


def claimed(section: str) -> str:
    """As `by` of `number`: the tutorial says so in that section."""
    return f"claimed in {section}"


def sentence(entry: dict) -> str:
    """The number in words: `D: 0.5 (closed form: 0.5)`."""
    text = f"{entry['what']}: {_rounded(entry['measured'])}"
    if entry["expected"] is not None:
        text += f" ({entry['by']}: {_rounded(entry['expected'])})"
    return text


def caption(head: str, computed: dict) -> str:
    """The figure's head and all numbers of it."""
    sentences = (sentence(entry) for entry in computed["numbers"].values())
    return f"{head}. " + "; ".join(sentences) + "."


def _rounded(value):
    # Of what is nearly nothing the size is enough.
    return f"{value:.0e}" if 0 < abs(value) < 1e-6 else f"{value + 0.0:.4g}"
