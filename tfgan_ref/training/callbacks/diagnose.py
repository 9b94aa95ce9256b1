"""Says what is wrong with a run while it goes on."""

import numpy as np
import tensorflow as tf
from absl import logging

from tfgan_ref.diagnosis.looks import Looks
from tfgan_ref.diagnosis.slopes import Slopes
from tfgan_ref.diagnosis.watch import Watch
from tfgan_ref.training.callbacks.logged import Logged


class Diagnose(Logged):
    """Looks for symptoms wherever metrics are logged.

    To be called after `WriteSamples`, whose samples it looks at wherever both
    act, and before `LogMetrics`, whose records and scalars then hold what it
    measures, `diagnosis/...`. A symptom that begins or ends is a line of the
    log, the first time in a run, and a text in TensorBoard; as long as it
    lasts, `severity/<symptom>` is how far beyond its threshold it is.

    Args:
        every: int >= 1, in steps, as of `LogMetrics`.
        data: of the run.
        facts: of the run.
        samples: `WriteSamples`.
        writer: `tf.summary.SummaryWriter`.
        records: those of an earlier start.
    """

    def __init__(self, every, data, facts, samples, writer, records=()):
        super().__init__(every)
        self._looks = Looks(data)
        self._samples = samples
        self._watch = Watch(facts)
        self._writer = writer
        self._said = set()
        for record in records:
            self._new(self._watch.add(record))

    def on_train_begin(self, logs=None):
        """Learns what the game is."""
        super().on_train_begin(logs)
        self._slopes = Slopes(self.model)

    def at_step(self, step, logs):
        """Measures, and says what is new."""
        logits = self.model.last_logits
        logs.update(self._slopes(logits))
        if self._samples.last_step == step:
            logs.update(self._looks(self.model, self._samples.drawn))
        record = {
            name: float(np.mean(value))
            for name, value in (logs | logits).items()
        }
        changes = self._watch.add(record | {"step": step})
        self._write(step, changes)
        for change in self._new(changes):
            logging.warning("%s", change)

    def _write(self, step, changes):
        # A scalar costs more than all that it tells of.
        ended = [x.finding.symptom for x in changes if not x.begins]
        with self._writer.as_default(step):
            for name in [*self._watch.present, *ended]:
                severity = self._watch.measured[name].severity
                tf.summary.scalar(f"severity/{name}", severity)
            for change in changes:
                tag = f"diagnosis/{change.finding.symptom}"
                tf.summary.text(tag, str(change))

    def _new(self, changes):
        """Those of a kind that was not there before."""
        new = []
        for change in changes:
            kind = change.finding.symptom, change.begins
            if kind not in self._said:
                self._said.add(kind)
                new.append(change)
        return new
