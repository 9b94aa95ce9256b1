"""The base of every callback that acts where metrics are logged."""

from tfgan_ref.training.callbacks.periodic import Periodic


class Logged(Periodic):
    """Acts at every n-th step, at every one that was evaluated, and the last.

    To be called after `Evaluate`, if there is one.

    Args:
        every: int >= 1, in steps; a multiple of `steps_per_execution`.
    """

    def on_train_batch_end(self, batch, logs=None):
        """Acts, if it is time."""
        super().on_train_batch_end(batch, logs)
        is_evaluated = any(name.startswith("eval/") for name in logs)
        if is_evaluated and self.step != self.last_step:
            self._act(self.step, logs)
