"""Divergence: costs and logits beyond what a game comes to, or no numbers."""

from __future__ import annotations

import math

import numpy as np

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import History

_LATELY = 3  # Records, or as many as there are: what diverges ends soon.
_THRESHOLD = 1000.0
_ESTIMATE = "critic/estimate"


def measure(history: History) -> Measured | None:
    """The largest cost or mean logit, of a critic its estimate.

    A critic's values have no unit; but no two images with pixels in [-1, 1] are
    farther apart than 2 sqrt(pixels), which its estimate is to measure.
    """
    if history.names(_ESTIMATE):
        pixels = history.facts.pixels
        estimate = _size(history, _ESTIMATE)
        if pixels is None and math.isfinite(estimate):
            return None
        return Measured(
            "the critic's estimate of the distance is",
            estimate,
            2 * math.sqrt(pixels or 1),
            "theory: no two images are so far apart",
            high=True,
        )
    names = [*history.names("loss/"), *history.names("logits/")]
    if not names:
        return None
    name = max(names, key=lambda name: _size(history, name))
    return Measured(
        f"the size of {name} is",
        _size(history, name),
        _THRESHOLD,
        "theory: beyond 103 nats a probability is below the least float32; "
        "recorded runs: at most 12 at their ends",
        high=True,
    )


def _size(history, name):
    """The median size of the last values; what is no number is infinite."""
    values = history.last(name, _LATELY, early=True)
    sizes = np.nan_to_num(np.abs(values), nan=np.inf, posinf=np.inf)
    return float(np.median(sizes))


SYMPTOM = Symptom(
    name="divergence",
    section="5.1",
    advice="smaller learning rates (--generator_lr, --discriminator_lr)",
    needs="costs; of a critic, images",
    measure=measure,
)
