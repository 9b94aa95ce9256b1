"""Metrics: one JSON object per logged step, and TensorBoard."""

import json
import time

import numpy as np
import tensorflow as tf

from tfgan_ref.callbacks.periodic import Periodic


class LogMetrics(Periodic):
    """Writes the metrics of every n-th step and of the last one.

    A value is that of the step's own minibatch. Scalars go to both places; of
    the logits TensorBoard gets the histogram and metrics.jsonl the mean.
    `perf/images_per_second` is over the steps since the last record, and
    `seconds` is the training time of the run up to here, resumptions left out.

    Args:
        every: int >= 1, in steps.
        path: of metrics.jsonl, which is appended to.
        writer: `tf.summary.SummaryWriter`.
        batch_size: int, global.
        seconds: float, training time before this process.
    """

    def __init__(self, every, path, writer, *, batch_size, seconds=0.0):
        super().__init__(every)
        self._path = path
        self._writer = writer
        self._batch_size = batch_size
        self._seconds = seconds

    def on_train_begin(self, logs=None):
        """Starts the clock."""
        self._file = open(self._path, "a", buffering=1)
        self._last_time = time.perf_counter()
        self._last_step = int(self.model.step.numpy())

    def on_train_end(self, logs=None):
        """Writes the last step, too, and closes the file."""
        step = int(self.model.step.numpy())
        if step != self._last_step:
            self.at_step(step, logs)
        self._file.close()

    def at_step(self, step, logs):
        """Writes one record."""
        now = time.perf_counter()
        elapsed = now - self._last_time
        images = (step - self._last_step) * self._batch_size
        self._seconds += elapsed
        self._last_time, self._last_step = now, step
        values = dict(logs) | {"perf/images_per_second": images / elapsed}
        record = {"step": step, "seconds": round(self._seconds, 3)}
        with self._writer.as_default(step):
            for name, value in sorted(values.items()):
                if np.ndim(value):
                    tf.summary.histogram(name, value)
                else:
                    tf.summary.scalar(name, value)
                record[name] = float(np.mean(value))
        self._file.write(json.dumps(record) + "\n")
