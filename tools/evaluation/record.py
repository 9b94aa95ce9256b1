"""What tools/evaluate.py prints and records of what it has measured."""

from __future__ import annotations

import math
import statistics

from tfgan_ref import recorded
from tools.evaluation.measured import Measured

_PLACES = {"real": "real", "real_test": "test against real"}


def lines(measured: Measured, of_real) -> list[str]:
    """The scores of a model, one line each, beside those of real images.

    Args:
        measured: the model's.
        of_real: as of `real_scores`.
    """
    width = max(map(len, measured.scores), default=0)
    found = []
    for name, score in measured.scores.items():
        line = f"  {name:{width}} {_number(score)}"
        others = [
            f"{text} {_number(of_real[place][name])}"
            for place, text in _PLACES.items()
            if name in of_real.get(place, {})
        ]
        line += f"   ({', '.join(others)})" if others else ""
        found.append(line + (f"   {score.note}" if score.note else ""))
    return found


def title(measured: Measured) -> str:
    """What the scores are of."""
    step = "" if measured.step is None else f" at step {measured.step}"
    weights = {True: ", averaged weights", False: ", raw weights", None: ""}
    kept = ", the best" if measured.is_best else ""
    return f"{measured.model}{step}{weights[measured.averaged]}{kept}:"


def evaluation(rows: list[list[Measured]], of_real, facts: dict) -> dict:
    """A record of the kind `evaluation`.

    Args:
        rows: of each model its checkpoints, the last one counts.
        of_real: as of `real_scores`.
        facts: what else it tells.
    """
    last = [checkpoints[-1] for checkpoints in rows]
    names = [n for n in last[0].scores if all(n in m.scores for m in last)]
    content = recorded.circumstances("evaluation") | facts
    content["metrics"] = {
        name: _summary([m.scores[name] for m in last], name, of_real)
        for name in names
        if "/class_" not in name
    }
    content["checkpoint"] = last[0].step if len(last) == 1 else None
    content["averaged"] = last[0].averaged if len(last) == 1 else None
    content["models"] = [_row(m) for m in last]
    curves = [_curve(c) for c in rows if len(c) > 1]
    return content | ({"curves": curves} if curves else {})


def _summary(scores, name, of_real):
    """Of one model its score; of several their mean and deviation."""
    values = [score.value for score in scores]
    found = {"value": statistics.fmean(values)}
    if len(values) > 1:
        found["standard_deviation"] = statistics.stdev(values)
    elif scores[0].error is not None:
        found["error"] = scores[0].error
    for place in _PLACES:
        if name in of_real.get(place, {}):
            found[place] = of_real[place][name].value
    notes = {score.note for score in scores if score.note}
    return found | ({"note": "; ".join(sorted(notes))} if notes else {})


def _row(measured):
    """What is beside of one model, its scores by class as well."""
    return {
        "model": measured.model,
        "step": measured.step,
        "averaged": measured.averaged,
        "best": measured.is_best,
        "seconds": measured.seconds,
        "scores": {n: score.value for n, score in measured.scores.items()},
    }


def _curve(checkpoints):
    """Name -> list over the checkpoints, their steps among them."""
    names = checkpoints[0].scores
    columns = {
        name: [
            m.scores[name].value if name in m.scores else None
            for m in checkpoints
        ]
        for name in names
    }
    best = [m.step for m in checkpoints if m.is_best]
    return {
        "model": checkpoints[0].model,
        "best": best[0] if best else None,
        "step": [m.step for m in checkpoints],
        "scores": columns,
    }


def spread(rows: list[list[Measured]]) -> list[str]:
    """Mean and deviation of each score over several models."""
    last = [checkpoints[-1].scores for checkpoints in rows]
    names = [n for n in last[0] if all(n in scores for scores in last)]
    width = max(map(len, names), default=0)
    values = {n: [scores[n].value for scores in last] for n in names}
    return [
        f"  {name:{width}} {statistics.fmean(column):.4g} +- "
        f"{statistics.stdev(column):.2g}"
        for name, column in values.items()
    ]


def _number(score):
    error = score.error
    is_told = error is not None and math.isfinite(error)
    return f"{score.value:.4g}" + (f" +- {error:.2g}" if is_told else "")
