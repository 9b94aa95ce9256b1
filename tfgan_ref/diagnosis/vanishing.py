"""The generator's gradient vanishes: its cost is flat where its samples are."""

from __future__ import annotations

import math

import numpy as np

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import WINDOW, History

TAG = "diagnosis/generator_slope"
# Of the tutorial's games, each cost is at least its slope in size: minimax
# -log(1 - D) >= D, non-saturating -log D >= 1 - D, and exp(a) = exp(a).
_BOUND = "loss/generator"
# At equilibrium the slope is 1/2 (minimax, non-saturating) or 1 (the others).
_THRESHOLD = 0.01 * 0.5
_NORM = "gradient_norm/generator"
_EPSILON = 1e-7  # Keras's Adam, beside the root.


def measure(history: History) -> Measured | None:
    """The slope of the generator's cost by logits, or its gradient: the worse.

    Of a gradient that is smaller than what Adam has beside its root no step is
    left.
    """
    found = [one for one in (_slope(history), _gradient(history)) if one]
    return max(found, key=lambda one: one.severity, default=None)


def _slope(history):
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


def _gradient(history):
    norm = history.median(_NORM)
    if norm is None or not history.facts.weights:
        return None
    return Measured(
        "the generator's gradient, root mean square of its weights, is",
        norm / math.sqrt(history.facts.weights),
        _EPSILON,
        "theory: Adam's epsilon, with which a step is half the learning rate",
        high=False,
    )


SYMPTOM = Symptom(
    name="vanishing_gradient",
    section="3.2.2 and 3.2.3",
    advice=(
        "--game=non_saturating, whose slope is steep where samples are "
        "rejected, or a smaller --discriminator_lr"
    ),
    needs="ten records after the first tenth, of a generator whose cost is "
    "one of logits and flattens, or its "
    "gradient while it trains",
    measure=measure,
)
