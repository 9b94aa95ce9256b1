"""Saves a run every so often and at its end."""

from tfgan_ref.training.callbacks.periodic import Periodic


class SaveCheckpoints(Periodic):
    """Saves every n-th step and the last one.

    Args:
        every: int >= 1, in steps.
        checkpoints: `Checkpoints`.
    """

    def __init__(self, every, checkpoints):
        super().__init__(every)
        self._checkpoints = checkpoints

    def at_step(self, step, logs):
        """Saves."""
        self._checkpoints.save()
