"""Evaluates a GAN every so often."""

import time

import tensorflow as tf
from absl import logging

from tfgan_ref.outputs import write_bytes
from tfgan_ref.training.callbacks.stepwise import Stepwise
from tfgan_ref.training.callbacks.tags import describe

SHARE = "perf/evaluation_share"


class Evaluate(Stepwise):
    """Evaluates at every n-th step, at the run's last and at some others.

    The numbers go into the step's metrics, for `LogMetrics` to write, and with
    them `perf/evaluation_share`, the part of the run's time that evaluations
    took, this one included; the pictures go to TensorBoard and are PNG files,
    such as `confusion_matrix_000500.png`.

    Args:
        every: int >= 1, in steps; a multiple of `steps_per_execution`.
        last_step: int, the last step of the run.
        evaluate: function of the GAN -> `Evaluation`.
        folder: `pathlib.Path` of the files.
        writer: `tf.summary.SummaryWriter`.
        most: float in (0, 1], the share from which on evaluations are left
            out, but for the run's last and those of `at`.
        before: the records of the run's steps so far, see `records`.
        at: the further steps.
    """

    def __init__(
        self,
        every,
        last_step,
        evaluate,
        folder,
        writer,
        *,
        most=1.0,
        before=(),
        at=(),
    ):
        super().__init__()
        self._every = every
        self._always = {last_step, *at}
        self._evaluate = evaluate
        self._folder = folder
        self._writer = writer
        self._most = most
        self._seconds = before[-1]["seconds"] if before else 0.0
        self._spent = _spent(before)
        self._told = False

    def on_train_begin(self, logs=None):
        """Starts the clock."""
        super().on_train_begin(logs)
        self._begin = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        """Evaluates."""
        super().on_train_batch_end(batch, logs)
        if self.step not in self._always:
            if self.step % self._every or self._is_too_much():
                return
        begin = time.perf_counter()
        evaluation = self._evaluate(self.model)
        self._spent += time.perf_counter() - begin
        logs.update(evaluation.scalars)
        logs[SHARE] = self._share()
        with self._writer.as_default(self.step):
            for name, picture in evaluation.pictures.items():
                tf.summary.image(
                    name, picture[None], description=describe(name)
                )
                path = self._folder / f"{name}_{self.step:06d}.png"
                write_bytes(path, tf.io.encode_png(picture).numpy())

    def _share(self):
        now = time.perf_counter()
        return self._spent / (self._seconds + now - self._begin)

    def _is_too_much(self):
        share = self._share()
        if share > self._most and not self._told:
            self._told = True
            logging.warning(
                "Evaluations took %.0f %% of the run: that of step %d is left "
                "out, and others until they took %.0f %%",
                100 * share,
                self.step,
                100 * self._most,
            )
        return share > self._most


def _spent(records):
    """Seconds of evaluation up to the last of some records."""
    evaluated = [record for record in records if SHARE in record]
    return evaluated[-1][SHARE] * evaluated[-1]["seconds"] if evaluated else 0.0
