"""Where in a run symptoms begin and end."""

from __future__ import annotations

import dataclasses

from tfgan_ref.diagnosis import symptoms
from tfgan_ref.diagnosis.finding import Finding, Measured, spoken
from tfgan_ref.diagnosis.history import WINDOW, Facts, History


@dataclasses.dataclass(frozen=True)
class Change:
    """A symptom begins or ends.

    Attributes:
        finding: where it began.
        step: of this change.
        measured: at this step.
        begins: bool, else it ends.
    """

    finding: Finding
    step: int
    measured: Measured
    begins: bool

    def __str__(self):
        if self.begins:
            return f"Step {self.step}: {self.finding}"
        name = spoken(self.finding.symptom)
        return f"Step {self.step}: no more {name}: {self.measured}"


class Watch:
    """Tells of a run, record by record, what begins and what ends.

    Args:
        facts: of the run.

    Attributes:
        present: name of a symptom -> its finding where it began.
        measured: name of a symptom -> `Measured` at the last record.
    """

    def __init__(self, facts: Facts):
        self.present: dict[str, Finding] = {}
        self.measured: dict[str, Measured] = {}
        self._history = History(facts)
        self._quiet: dict[str, int] = {}  # Records since it was there.

    def add(self, record: dict) -> list[Change]:
        """What a record changes.

        Args:
            record: as `History.add` takes it.
        """
        self._history.add(record)
        changes = [self._look(symptom) for symptom in symptoms.ALL]
        return [change for change in changes if change]

    def _look(self, symptom):
        name, step = symptom.name, self._history.step
        measured = symptom.measure(self._history)
        if measured is None:
            return None
        self.measured[name] = measured
        quiet = 0 if measured.is_beyond else self._quiet.get(name, 0) + 1
        self._quiet[name] = quiet
        if measured.is_beyond and name not in self.present:
            found = symptom.found(measured, step)
            self.present[name] = found
            return Change(found, step, measured, begins=True)
        # For as many records as a verdict is from: about a threshold there is
        # noise.
        if quiet >= WINDOW and name in self.present:
            found = self.present.pop(name)
            return Change(found, step, measured, begins=False)
        return None
