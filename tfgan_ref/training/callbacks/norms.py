"""Asks for the norms of gradients, of the steps that will be logged."""

from tfgan_ref.training.callbacks.stepwise import Stepwise


class MeasureGradients(Stepwise):
    """Lets a GAN take norms at every n-th step, for several n, and at some.

    Every worker has it, though the chief alone logs: the norm is of the sum of
    all replicas' gradients.

    Args:
        *every: int >= 1, in steps.
        at: further steps, such as the run's last.
    """

    def __init__(self, *every, at):
        super().__init__()
        self._every = every
        self._at = at

    def on_train_batch_begin(self, batch, logs=None):
        """Asks, if the call of the graph ends with such a step."""
        step = self.step + self.model.steps_per_execution
        is_logged = any(step % n == 0 for n in self._every)
        self.model.measure_gradients(is_logged or step in self._at)

    def on_train_end(self, logs=None):
        """Asks for no more."""
        super().on_train_end(logs)
        self.model.measure_gradients(False)
