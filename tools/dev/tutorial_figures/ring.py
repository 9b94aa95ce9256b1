"""Figures 22 and 32: recorded runs on the ring of eight Gaussians."""

from __future__ import annotations

import pathlib
import re

import numpy as np

from tools.dev import records
from tools.dev.tutorial_figures import style
from tools.dev.tutorial_figures.claims import claim

_NAME = re.compile(r"unrolled_ring_k(\d+)_seed(\d+)\.json")
_MOST_COLUMNS = 6


def read(results: pathlib.Path) -> dict[int, list[dict]]:
    """The records of each number of unrolled steps, by seed.

    Args:
        results: folder of the records.

    Raises:
        NotRecorded: there is none.
        UserError: one is damaged.
    """
    found: dict[int, list[dict]] = {}
    for path in sorted(results.glob("unrolled_ring_k*_seed*.json")):
        match = _NAME.fullmatch(path.name)
        if match:
            found.setdefault(int(match[1]), []).append(
                records.read(path, _pick)
            )
    if not found:
        raise records.NotRecorded(
            f"{results} holds no unrolled_ring_k<K>_seed<S>.json: make the "
            "runs with `python -m recipes.unrolled --unroll_steps=K --seed=S` "
            "and record them"
        )
    return dict(sorted(found.items()))


def _pick(record):
    *_, last = evaluated = record["evaluations"]
    return {
        "samples": {
            int(step): np.array(points, np.float64).reshape(-1, 2)
            for step, points in record["samples"].items()
        },
        "modes_captured": float(last["eval/modes_captured"]),
        "high_quality": float(last["eval/high_quality"]),
        "worst": min(
            line["eval/high_quality"]
            for line in evaluated[len(evaluated) // 2 :]
        ),
    }


def compute(runs_by_number: dict[int, list[dict]], numbers) -> dict:
    """The samples over the steps, and the modes at the end.

    Args:
        runs_by_number: what `read` gives.
        numbers: those of the unrolled steps that are shown, in this order.
    """
    rows, claims = {}, {}
    for number in numbers:
        runs = runs_by_number[number]
        name = "plain GAN" if number == 0 else f"{number} unrolled steps"
        rows[name] = runs[0]["samples"]
        claims[f"modes_{number}"] = claim(
            f"modes of 8 at the end, {name}, mean of {len(runs)} seeds",
            np.mean([run["modes_captured"] for run in runs]),
            8 if number else None,
        )
        claims[f"high_quality_{number}"] = claim(
            "share of the samples within 3 sigma",
            np.mean([run["high_quality"] for run in runs]),
        )
        claims[f"worst_{number}"] = claim(
            "the least such share in the second half of any run",
            min(run["worst"] for run in runs),
        )
    return {"rows": rows, "claims": claims}


def draw(figure, computed):
    """A row for each number of unrolled steps, a column for each step."""
    rows = computed["rows"]
    width = min(_MOST_COLUMNS, max(len(samples) for samples in rows.values()))
    axes = figure.subplots(len(rows), width + 1, squeeze=False)
    reach = max(_reach(samples) for samples in rows.values())
    for line, (name, samples) in zip(axes, rows.items(), strict=True):
        steps = sorted(samples)
        places = np.linspace(0, len(steps) - 1, min(width, len(steps)))
        shown = [steps[round(place)] for place in places]
        for axis in line:
            axis.set(xlim=(-reach, reach), ylim=(-reach, reach))
            axis.set(aspect="equal", xticks=[], yticks=[])
        for axis, step in zip(line, shown, strict=False):
            axis.scatter(*samples[step].T, s=2, color=style.MODEL, alpha=0.4)
            axis.set_title(f"step {step:,}", fontsize=8)
        for axis in line[len(shown) : -1]:
            axis.set_visible(False)
        angles = np.pi / 4 * np.arange(8)
        radius = reach / 1.6
        target = radius * np.cos(angles), radius * np.sin(angles)
        line[-1].scatter(*target, s=12, color=style.DATA)
        line[-1].set_title("target", fontsize=8)
        line[0].set_ylabel(name, fontsize=8)


def _reach(samples):
    """Half the side of the picture, from the last samples' radius."""
    return 1.6 * np.median(np.linalg.norm(samples[max(samples)], axis=1))
