"""Recorded runs on rings of Gaussians, step by step."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np

from tools.dev import records
from tools.dev.tutorial import style

_MOST_COLUMNS = 6


@dataclasses.dataclass(frozen=True)
class Run:
    """What is shown of one run.

    Attributes:
        samples: step -> float `[samples, 2]`.
        means: float `[modes, 2]`, of the data.
        modes: step -> int, how many modes have a sample of high quality.
        quality: step -> float, share of the samples of high quality.
    """

    samples: dict[int, np.ndarray]
    means: np.ndarray
    modes: dict[int, int]
    quality: dict[int, float]

    @property
    def last(self) -> int:
        """The step of the last evaluation."""
        return max(self.modes)

    def visited(self) -> int:
        """How many modes are, at some step, nearest to most samples."""
        found = set()
        for points in self.samples.values():
            apart = points[:, np.newaxis] - self.means
            nearest = np.linalg.norm(apart, axis=-1).argmin(1)
            found.add(int(np.bincount(nearest).argmax()))
        return len(found)


def read(results: pathlib.Path, name: str, recipe: str) -> Run:
    """Reads results/NAME.json.

    Args:
        results: folder of the records.
        name: of the record.
        recipe: whose run it is, and with which flags, as a message says it.

    Raises:
        NotRecorded: it is not there.
        UserError: it is damaged.
    """
    path = results / f"{name}.json"
    if not path.is_file():
        raise records.NotRecorded(
            f"{results} holds no {name}.json: make the run with "
            f"`python -m recipes.{recipe}` and record it with --samples"
        )
    return records.read(path, _pick)


def _pick(record):
    evaluated = record["evaluations"]
    if not evaluated:
        raise ValueError("an evaluation was expected")
    return Run(
        samples={
            int(step): np.array(points, np.float64).reshape(-1, 2)
            for step, points in record["samples"].items()
        },
        means=np.array(record["means"]).reshape(-1, 2),
        modes={
            line["step"]: int(line["eval/modes_captured"]) for line in evaluated
        },
        quality={
            line["step"]: float(line["eval/high_quality"]) for line in evaluated
        },
    )


def draw(figure, computed):
    """A row for each run of `computed["runs"]`, a column for each step."""
    runs = computed["runs"]
    width = min(_MOST_COLUMNS, max(len(run.samples) for run in runs.values()))
    axes = figure.subplots(len(runs), width + 1, squeeze=False)
    for line, (name, run) in zip(axes, runs.items(), strict=True):
        reach = 1.6 * np.linalg.norm(run.means, axis=1).max()
        steps = sorted(run.samples)
        places = np.linspace(0, len(steps) - 1, min(width, len(steps)))
        shown = [steps[round(place)] for place in places]
        for axis in line:
            axis.set(xlim=(-reach, reach), ylim=(-reach, reach))
            axis.set(aspect="equal", xticks=[], yticks=[])
        for axis, step in zip(line, shown, strict=False):
            points = run.samples[step].T
            axis.scatter(*points, s=2, color=style.MODEL, alpha=0.4)
            axis.set_title(f"step {step:,}", fontsize=8)
        for axis in line[len(shown) : -1]:
            axis.set_visible(False)
        line[-1].scatter(*run.means.T, s=12, color=style.DATA)
        line[-1].set_title("target", fontsize=8)
        line[0].set_ylabel(name, fontsize=8)
