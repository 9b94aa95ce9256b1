"""What a diagnosis is made of: measurements, symptoms, findings."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from tfgan_ref.diagnosis.history import History

_LEAST = 1e-12  # Of what is divided by.


@dataclasses.dataclass(frozen=True)
class Measured:
    """A number beside the threshold that it should not pass.

    Attributes:
        what: is measured.
        value: the number.
        threshold: the worst that is no symptom, positive.
        source: where the threshold comes from.
        high: whether numbers above the threshold are the symptom, else below.
    """

    what: str
    value: float
    threshold: float
    source: str
    high: bool

    @property
    def severity(self) -> float:
        """Above 1 if it is a symptom."""
        if self.high:
            return self.value / self.threshold
        return self.threshold / max(self.value, _LEAST)

    @property
    def is_beyond(self) -> bool:
        """Whether it is a symptom."""
        return self.severity > 1.0

    def __str__(self):
        side = ("not above", "above") if self.high else ("not below", "below")
        return (
            f"{self.what} {self.value:.3g}, {side[self.is_beyond]} "
            f"{self.threshold:.3g} ({self.source})"
        )


@dataclasses.dataclass(frozen=True)
class Finding:
    """A symptom that a run has.

    Attributes:
        symptom: its name.
        step: where it was seen.
        measured: the number, the threshold and where that comes from.
        section: of the tutorial.
        advice: what to try.
    """

    symptom: str
    step: int
    measured: Measured
    section: str
    advice: str

    def __str__(self):
        return (
            f"{spoken(self.symptom)}: {self.measured}; tutorial, section "
            f"{self.section}; try {self.advice}"
        )


@dataclasses.dataclass(frozen=True)
class Symptom:
    """What can be wrong with a run, and how that is seen.

    Attributes:
        name: part of tags.
        section: of the tutorial.
        advice: what to try.
        needs: what a run must have logged before this can be measured.
        measure: function of a `History` -> `Measured`, or None where it has
            too little, or the game knows no such thing.
    """

    name: str
    section: str
    advice: str
    needs: str
    measure: Callable[[History], Measured | None]

    def found(self, measured: Measured, step: int) -> Finding:
        """The finding that a measurement beyond its threshold makes."""
        return Finding(self.name, step, measured, self.section, self.advice)

    def find(self, history: History) -> Finding | None:
        """The finding, if the run has this symptom now."""
        measured = self.measure(history)
        if measured is None or not measured.is_beyond:
            return None
        return self.found(measured, history.step)


def spoken(name: str) -> str:
    """The name of a symptom for people."""
    return name.replace("_", " ")
