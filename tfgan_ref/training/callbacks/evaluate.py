"""Evaluates a GAN every so often."""

import tensorflow as tf

from tfgan_ref.training.callbacks.stepwise import Stepwise
from tfgan_ref.training.callbacks.tags import describe


class Evaluate(Stepwise):
    """Evaluates at every n-th step and at the run's last.

    The numbers go into the step's metrics, for `LogMetrics` to write; the
    pictures to TensorBoard.

    Args:
        every: int >= 1, in steps; a multiple of `steps_per_execution`.
        last_step: int, the last step of the run.
        evaluate: function of the GAN -> `Evaluation`.
        writer: `tf.summary.SummaryWriter`.
    """

    def __init__(self, every, last_step, evaluate, writer):
        super().__init__()
        self._every = every
        self._last_step = last_step
        self._evaluate = evaluate
        self._writer = writer

    def on_train_batch_end(self, batch, logs=None):
        """Evaluates."""
        super().on_train_batch_end(batch, logs)
        if self.step % self._every and self.step != self._last_step:
            return
        evaluation = self._evaluate(self.model)
        logs.update(evaluation.scalars)
        with self._writer.as_default(self.step):
            for name, picture in evaluation.pictures.items():
                tf.summary.image(
                    name, picture[None], description=describe(name)
                )
