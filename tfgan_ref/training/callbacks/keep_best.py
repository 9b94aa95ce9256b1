"""Keeps the checkpoint of the best score."""

import math

from tfgan_ref.training.callbacks.stepwise import Stepwise


class KeepBest(Stepwise):
    """Offers every score to `Best`; to be called after `Evaluate`.

    Args:
        best: `Best`.
        tag: of the score among the step's metrics.
    """

    def __init__(self, best, tag):
        super().__init__()
        self._best = best
        self._tag = tag

    def on_train_batch_end(self, batch, logs=None):
        """Offers the score, if the step has one."""
        super().on_train_batch_end(batch, logs)
        self._best.offer(self.step, float(logs.get(self._tag, math.nan)))
