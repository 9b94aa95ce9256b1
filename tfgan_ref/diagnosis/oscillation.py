"""Oscillation: the players go round each other and come no nearer."""

from __future__ import annotations

import functools

import numpy as np

from tfgan_ref.diagnosis.finding import Measured, Symptom
from tfgan_ref.diagnosis.history import History

_REAL, _FAKE = "logits/real", "logits/fake"
_RECORDS = 40  # In which a period that grows longer is still one.
_PERIODS = 4  # At least, in so many: fewer are a trend.
_SHORTEST = 3  # Records; two are noise from one to the next.
_THRESHOLD = 0.7


def measure(history: History) -> Measured | None:
    """How much of the discriminator's advantage is one oscillation.

    That is its mean logit on data less that on samples. What counts is the
    part of its variance, less a trend, that a sine explains; an oscillation
    that leaves the discriminator ahead all the time is none.
    """
    real, fake = (history.last(name, _RECORDS) for name in (_REAL, _FAKE))
    if min(len(real), len(fake)) < _RECORDS:
        return None
    share = oscillation(real - fake)
    return Measured(
        "the share of the discriminator's advantage that is one sine is",
        share,
        _THRESHOLD,
        "theory: of 40 values of noise, white or red, more is in one series "
        "of 100,000",
        high=True,
    )


def oscillation(values: np.ndarray) -> float:
    """The largest part of a series' variance that a sine explains.

    Of frequencies from 4 periods in the series to one in 3 values.

    Args:
        values: float `[n]`.

    Returns:
        In [0, 1]; 0 where the sine does not reach down to the half of the mean,
        or a value is no finite number.
    """
    if not np.isfinite(values).all():
        return 0.0
    bases, trend = _bases(len(values))
    rest = values - trend @ (trend.T @ values)
    total = np.sum(rest**2)
    if total <= 1e-12 * np.sum(values**2):
        return 0.0
    explained = np.max(np.sum((bases @ rest) ** 2, -1))
    swing = np.sqrt(2 * explained / len(values))
    if swing < abs(values.mean()) / 2:
        return 0.0
    return float(explained / total)


@functools.cache
def _bases(count):
    """Orthonormal pairs `[frequencies, 2, count]` beside the trend's pair."""
    times = np.arange(count)
    trend, _ = np.linalg.qr(np.stack([np.ones(count), times - count / 2], 1))
    bases = []
    for frequency in np.arange(_PERIODS, count / _SHORTEST, 0.25) / count:
        angles = 2 * np.pi * frequency * times
        pair = np.stack([np.cos(angles), np.sin(angles)], 1)
        pair -= trend @ (trend.T @ pair)
        bases.append(np.linalg.qr(pair)[0].T)
    return np.stack(bases), trend


SYMPTOM = Symptom(
    name="oscillation",
    section="5.1 and 8.2",
    advice=(
        "smaller or falling learning rates (--lr_schedule), less momentum "
        "(--beta_1), --historical_averaging"
    ),
    needs=f"{_RECORDS} records with logits after the first tenth",
    measure=measure,
)
