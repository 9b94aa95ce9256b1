"""What a figure's caption states: measured numbers beside the claimed."""

from __future__ import annotations


def claim(what: str, measured, claimed=None) -> dict[str, object]:
    """One number that a caption states.

    Args:
        what: its name in words.
        measured: float.
        claimed: float, of a closed form or of the tutorial; None: the
            tutorial gives no number.
    """
    return {
        "what": what,
        "measured": float(measured),
        "claimed": None if claimed is None else float(claimed),
    }


def sentence(entry: dict) -> str:
    """The claim in words: `D: 0.5 (claimed 0.5)`."""
    text = f"{entry['what']}: {_number(entry['measured'])}"
    if entry["claimed"] is not None:
        text += f" (claimed {_number(entry['claimed'])})"
    return text


def caption(head: str, computed: dict) -> str:
    """The figure's head and all that was claimed of it."""
    sentences = (sentence(entry) for entry in computed["claims"].values())
    return f"{head}. " + "; ".join(sentences) + "."


def _number(value):
    # Of what is nearly nothing the size is enough.
    return f"{value:.0e}" if 0 < abs(value) < 1e-6 else f"{value + 0.0:.4g}"
