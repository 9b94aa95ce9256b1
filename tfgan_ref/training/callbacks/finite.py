"""Stops a run whose losses are no longer numbers."""

import math

import keras

from tfgan_ref.errors import UserError


class StopAtNonFinite(keras.callbacks.Callback):
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
        for name, value in logs.items():
            if name.startswith("loss/") and not math.isfinite(value):
                raise UserError(
                    f"{name} is {value} at step "
                    f"{int(self.model.step.numpy())}: training stopped. "
                    f"{self._checkpoints.describe_last()}"
                )
