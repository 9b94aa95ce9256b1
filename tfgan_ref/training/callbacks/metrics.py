"""Metrics: one JSON object per logged step, and TensorBoard."""

import json
import time

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.training.callbacks.charts import Charts
from tfgan_ref.training.callbacks.logged import Logged
from tfgan_ref.training.callbacks.tags import describe


class LogMetrics(Logged):
    """Writes the metrics of every n-th step and of the last one.

    To be called after `Evaluate`, whose results it writes as well.

    A value is that of the step's own minibatch. Scalars go to both places; of
    the logits TensorBoard gets the histogram and, as `mean_logits/...`, the
    mean, which is theirs in metrics.jsonl. What is one chart is `charts`'.
    `learning_rate/<turn>` is that of the turn's next update.
    `gradient_norm/<network>` is of the steps that `MeasureGradients` knows to
    be logged: not of the one that a signal makes the last.
    `perf/images_per_second` is over the steps since the last record, and
    `seconds` is the wall time between the first step of the run and this one,
    samples and checkpoints included, the time between two starts left out.

    Args:
        every: int >= 1, in steps.
        path: of metrics.jsonl, which is appended to.
        writer: `tf.summary.SummaryWriter`.
        images_per_step: int, real images that a step consumes.
        seconds: float, wall time of training before this process.
    """

    def __init__(self, every, path, writer, *, images_per_step, seconds=0.0):
        super().__init__(every)
        self._charts = Charts()
        self._path = path
        self._writer = writer
        self._images_per_step = images_per_step
        self._seconds = seconds

    def on_train_begin(self, logs=None):
        """Starts the clock."""
        super().on_train_begin(logs)
        self._last_time = time.perf_counter()

    def at_step(self, step, logs):
        """Writes one record."""
        now = time.perf_counter()
        elapsed = now - self._last_time
        images = (step - self.last_step) * self._images_per_step
        self._seconds += elapsed
        self._last_time = now
        values = (
            logs
            | self.model.last_logits
            | self.model.last_gradient_norms
            | _learning_rates(self.model)
            | {"perf/images_per_second": images / elapsed}
        )
        self._show(step, values)
        record = {"step": step, "seconds": round(self._seconds, 3)}
        record |= {n: float(np.mean(values[n])) for n in sorted(values)}
        with open(self._path, "a") as file:
            file.write(json.dumps(record) + "\n")

    def _show(self, step, values):
        """Writes to TensorBoard."""
        vectors = {name for name, value in values.items() if np.ndim(value)}
        scalars = {
            f"mean_{name}" if name in vectors else name: np.mean(value)
            for name, value in values.items()
        }
        with self._writer.as_default(step):
            for name in sorted(vectors):
                tf.summary.histogram(
                    name, values[name], description=describe(name)
                )
            for name, value in sorted(scalars.items()):
                tf.summary.scalar(name, value, description=describe(name))
            self._charts.write(scalars)


def _learning_rates(gan):
    """Of each turn, by name."""
    found = {}
    for turn in gan.turns():
        rate = getattr(gan, f"{turn.name}_optimizer").learning_rate
        found[f"learning_rate/{turn.name}"] = float(
            keras.ops.convert_to_numpy(rate)
        )
    return found
