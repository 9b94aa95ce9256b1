"""The base of every callback that acts once in a while."""

from tfgan_ref.training.callbacks.stepwise import Stepwise


class Periodic(Stepwise):
    """Calls `at_step` every so many steps of the GAN, and at the last one.

    Args:
        every: int >= 1, in steps; a multiple of `steps_per_execution`.

    Attributes:
        last_step: int, at which it acted last, or training began.
    """

    def __init__(self, every):
        super().__init__()
        self.every = every

    def on_train_batch_end(self, batch, logs=None):
        """Acts, if it is time."""
        super().on_train_batch_end(batch, logs)
        if self.step % self.every == 0:
            self._act(self.step, logs)

    def on_train_begin(self, logs=None):
        """Notes where training begins."""
        super().on_train_begin(logs)
        self.last_step = self.step

    def on_train_end(self, logs=None):
        """Acts on the last step, unless it has."""
        super().on_train_end(logs)
        if self.step != self.last_step:
            self._act(self.step, logs)

    def _act(self, step, logs):
        self.at_step(step, logs)
        self.last_step = step

    def at_step(self, step, logs):
        """Acts.

        Args:
            step: int, how many generator updates were made.
            logs: dict of floats, see `GAN.train_step`.
        """
        raise NotImplementedError
