"""The generator's gradient vanishes: its cost is flat where its samples are."""

from __future__ import annotations

import numpy as np

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import WINDOW, History

TAG = "diagnosis/generator_slope"
# Of the tutorial's games, each cost is at least its slope in size: minimax
# -log(1 - D) >= D, non-saturating -log D >= 1 - D, and exp(a) = exp(a).
_BOUND = "loss/generator"
# At equilibrium the slope is 1/2 (minimax, non-saturating) or 1 (the others).
_THRESHOLD = 0.01 * 0.5


def measure(history: History) -> Measured | None:
    """The mean slope of the generator's cost by the logits of its samples."""
    what, slope = "the generator's slope is", history.median(TAG)
    if slope is None and history.facts.in_nats:
        costs = np.abs(history.last(_BOUND, WINDOW))
        if len(costs) == WINDOW:
            what = "the generator's cost, no less than its slope, is"
            slope = float(np.median(costs))
    if slope is None:
        return None
    return Measured(
        what,
        slope,
        _THRESHOLD,
        "theory: a hundredth of the slope at equilibrium, and of Adam's steps, "
        "which remember a thousand",
        high=False,
    )


SYMPTOM = Symptom(
    name="vanishing_gradient",
    section="3.2.2 and 3.2.3",
    advice=(
        "--game=non_saturating, whose slope is steep where samples are "
        "rejected, or a smaller --discriminator_lr"
    ),
    needs="a generator whose cost is one of logits and flattens",
    measure=measure,
)
