"""Stops a run whose losses are no longer numbers."""

import math

from tfgan_ref.errors import UserError
from tfgan_ref.training.callbacks.stepwise import Stepwise


class StopAtNonFinite(Stepwise):
    """Raises `UserError` when a loss is NaN or infinite.

    With several steps per execution it sees the last of them.

    Args:
        checkpoints: `Checkpoints`, which the message points to.
        every: int >= 1, steps between two looks. A loss that is no number
            makes weights that are none: the next look sees them or, where a
            ReLU makes 0 of NaN, the next checkpoint, which is not saved then.
    """

    def __init__(self, checkpoints, every=1):
        super().__init__()
        self._checkpoints = checkpoints
        self._every = every

    def on_train_batch_end(self, batch, logs=None):
        """Looks at every loss, if it is time."""
        super().on_train_batch_end(batch, logs)
        if self.step % self._every:
            return
        losses = {n: float(logs[n]) for n in logs if n.startswith("loss/")}
        for name, value in losses.items():
            if not math.isfinite(value):
                raise UserError(
                    f"{name} is {value} at step {self.step}: training stopped. "
                    f"{self._checkpoints.describe_last()}"
                )
