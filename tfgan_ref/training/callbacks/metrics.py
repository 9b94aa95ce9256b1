"""Metrics: one JSON object per logged step, and TensorBoard."""

import json
import time

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.training.callbacks.logged import Logged


class LogMetrics(Logged):
    """Writes the metrics of every n-th step and of the last one.

    To be called after `Evaluate`, whose results it writes as well.

    A value is that of the step's own minibatch. Scalars go to both places; of
    the logits TensorBoard gets the histogram and metrics.jsonl the mean.
    `learning_rate/<turn>`, where a schedule gives it, is that of the turn's
    next update. `perf/images_per_second` is over the steps since the last
    record, and `seconds` is the wall time between the first step of the run and
    this one, samples and checkpoints included, the time between two starts left
    out.

    Args:
        every: int >= 1, in steps.
        path: of metrics.jsonl, which is appended to.
        writer: `tf.summary.SummaryWriter`.
        images_per_step: int, real images that a step consumes.
        seconds: float, wall time of training before this process.
    """

    def __init__(self, every, path, writer, *, images_per_step, seconds=0.0):
        super().__init__(every)
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
        values = logs | self.model.last_logits | _learning_rates(self.model)
        values["perf/images_per_second"] = images / elapsed
        record = {"step": step, "seconds": round(self._seconds, 3)}
        with self._writer.as_default(step):
            for name, value in sorted(values.items()):
                if np.ndim(value):
                    tf.summary.histogram(name, value)
                else:
                    tf.summary.scalar(name, value)
                record[name] = float(np.mean(value))
        with open(self._path, "a") as file:
            file.write(json.dumps(record) + "\n")


def _learning_rates(gan):
    """Those that a schedule gives, by name."""
    found = {}
    for turn in gan.turns():
        optimizer = getattr(gan, f"{turn.name}_optimizer")
        if isinstance(
            optimizer._learning_rate,
            keras.optimizers.schedules.LearningRateSchedule,
        ):
            rate = keras.ops.convert_to_numpy(optimizer.learning_rate)
            found[f"learning_rate/{turn.name}"] = rate
    return found
