"""Says what is wrong with a run while it goes on."""

import math

import numpy as np
import tensorflow as tf
from absl import logging

from tfgan_ref.diagnosis.history import Facts
from tfgan_ref.diagnosis.looks import Looks
from tfgan_ref.diagnosis.slopes import Slopes
from tfgan_ref.diagnosis.watch import Watch
from tfgan_ref.training.callbacks.logged import Logged
from tfgan_ref.training.callbacks.tags import describe


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
        samples: `WriteSamples`.
        writer: `tf.summary.SummaryWriter`.
        batch_size: int, examples per minibatch over all replicas.
        train_steps: int, the last step of the run.
        records: those of an earlier start.
    """

    def __init__(
        self, every, data, samples, writer, *, batch_size, train_steps, records
    ):
        super().__init__(every)
        self._looks = Looks(data)
        self._samples = samples
        self._writer = writer
        self._batch_size = batch_size
        self._train_steps = train_steps
        self._records = records

    def on_train_begin(self, logs=None):
        """Learns what the game is, and what was logged before."""
        super().on_train_begin(logs)
        self._slopes = Slopes(self.model)
        self._watch = Watch(self._facts(self.model.generator))
        self._said = set()
        for record in self._records:
            self._new(self._watch.add(record))

    def _facts(self, generator):
        # A subclassed one need not tell.
        shape = getattr(generator, "output_shape", None)
        shape = shape[1:] if isinstance(shape, tuple) else ()
        weights = generator.trainable_weights
        return Facts(
            batch_size=self._batch_size,
            train_steps=self._train_steps,
            pixels=math.prod(shape) if len(shape) == 3 else None,
            weights=sum(math.prod(weight.shape) for weight in weights),
        )

    def at_step(self, step, logs):
        """Measures, and says what is new."""
        logits, norms = self.model.last_logits, self.model.last_gradient_norms
        logs.update(self._slopes(logits))
        if self._samples.last_step == step:
            logs.update(self._looks(self.model, self._samples.drawn))
        record = {
            name: float(np.mean(value))
            for name, value in (logs | logits | norms).items()
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
                tag = f"severity/{name}"
                tf.summary.scalar(tag, severity, description=describe(tag))
            for change in changes:
                tag = f"diagnosis/{change.finding.symptom}"
                tf.summary.text(tag, str(change), description=describe(tag))

    def _new(self, changes):
        """Those of a kind that was not there before."""
        new = []
        for change in changes:
            kind = change.finding.symptom, change.begins
            if kind not in self._said:
                self._said.add(kind)
                new.append(change)
        return new
