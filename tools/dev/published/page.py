"""The text of docs/published.md, from claims and records."""

from __future__ import annotations

import pathlib
import re

from tools.dev import first_steps, markdown, records
from tools.dev.published import encoders, modes, others, semi_supervised
from tools.dev.published.claim import Claim, Row

CLAIMS: tuple[Claim, ...] = (
    *semi_supervised.CLAIMS,
    *modes.CLAIMS,
    *encoders.CLAIMS,
    *others.CLAIMS,
)
_NOT_RUN = "not run"
_HEAD = """\
# Published numbers, ours beside them

Of each claim one table: ours are mean ± standard deviation over seeds, at the
last step; each seed links to its record, which has command, revision, versions
and machine. `python tools/dev/published_page.py` writes this page
from [results/](../results).
"""
_HEADINGS = (
    "set-up",
    "seeds",
    "steps",
    "ours",
    "time",
    "published",
    "its set-up",
)


def page(results: pathlib.Path) -> str:
    """Returns the page.

    Args:
        results: folder of the records.

    Raises:
        UserError: there is no such folder, or a record is damaged, or does not
            have a number.
    """
    found = records.read_all(results)
    text = "".join([_HEAD, *(_claim(claim, found) for claim in CLAIMS)])
    return first_steps.marked(text, results)


def _claim(claim: Claim, found) -> str:
    table = markdown.table(_HEADINGS, [_row(row, found) for row in claim.rows])
    differs = f"\n{claim.differs}\n" if claim.differs else ""
    return f"\n## {claim.title}\n\n{claim.source}\n\n{table}{differs}"


def _row(row: Row, found) -> list[str]:
    pattern = re.compile(rf"{re.escape(row.runs)}(_seed\d+)?")
    ours = {n: of for n, of in found.items() if pattern.fullmatch(n)}
    cells = [_NOT_RUN] * 4
    if ours:
        steps = {f"{n:,}" for of in ours.values() for n in _steps(of)}
        cells = [
            ", ".join(
                f"[{label}](../results/{name}.json)"
                for label, name in zip(_labels(ours), ours, strict=True)
            ),
            ", ".join(sorted(steps)),
            "; ".join(_number(number, ours) for number in row.numbers),
            _time(ours.values()),
        ]
    return [row.what, *cells, row.published, row.setup]


def _steps(record):
    """Of a run, of an ensemble's members, or none."""
    steps = record.get("steps", {})
    known = steps.values() if isinstance(steps, dict) else [steps]
    return [n for n in known if n is not None]


def _labels(ours):
    """Seeds of runs, of the labels that are kept where these are others."""
    settings = [record.get("settings", {}) for record in ours.values()]
    of_labels = {given.get("label_seed") for given in settings}
    key = "label_seed" if len(of_labels) == len(ours) else "seed"
    return [
        "record"
        if record["kind"] != "run"
        else given.get(key, record.get("seed", 0))
        for record, given in zip(ours.values(), settings, strict=True)
    ]


def _number(number, ours):
    values = [
        number.factor
        * records.dig(
            record, number.keys, f"results/{name}.json has no {number.keys}"
        )
        for name, record in ours.items()
    ]
    if number.target is None:
        shown = markdown.spread(values, digits=4)
    else:
        reached = sum(value >= number.target for value in values)
        shown = f"{reached} of {len(values)}"
    return f"{number.words} {shown}".strip()


def _time(ours):
    seconds = [
        record.get("wall_seconds", record.get("seconds")) for record in ours
    ]
    return "" if None in seconds else markdown.minutes(seconds)
