"""All symptoms, and what a run has of them."""

from __future__ import annotations

from collections.abc import Iterable

from tfgan_ref.diagnosis import (
    collapse,
    copying,
    divergence,
    oscillation,
    saturation,
    vanishing,
)
from tfgan_ref.diagnosis.finding import Finding
from tfgan_ref.diagnosis.history import Facts, History

ALL = (
    saturation.SYMPTOM,
    vanishing.SYMPTOM,
    collapse.SYMPTOM,
    oscillation.SYMPTOM,
    divergence.SYMPTOM,
    copying.SYMPTOM,
)


def at_end(records: Iterable[dict], facts: Facts) -> list[Finding]:
    """What a run has at its last record.

    Args:
        records: of metrics.jsonl, in order.
        facts: of the run.
    """
    history = History(facts)
    for record in records:
        history.add(record)
    found = (symptom.find(history) for symptom in ALL)
    return [finding for finding in found if finding]
