"""Stops a run whose losses are no longer numbers."""

import math

from tfgan_ref.errors import UserError
from tfgan_ref.training.callbacks.stepwise import Stepwise


class StopAtNonFinite(Stepwise):
    """Raises `UserError` when a loss is NaN or infinite.

    With several steps per execution it sees the last of them.

    Args:
        checkpoints: `Checkpoints`, which the message points to.
    """

    def __init__(self, checkpoints):
        super().__init__()
        self._checkpoints = checkpoints

    def on_train_batch_end(self, batch, logs=None):
        """Looks at every loss."""
        super().on_train_batch_end(batch, logs)
        for name, value in logs.items():
            if name.startswith("loss/") and not math.isfinite(value):
                raise UserError(
                    f"{name} is {value} at step {self.step}: training stopped. "
                    f"{self._checkpoints.describe_last()}"
                )
