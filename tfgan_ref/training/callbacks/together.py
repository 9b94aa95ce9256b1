"""Several workers stop at one step where any of them is told to."""

import numpy as np
import tensorflow as tf

from tfgan_ref.training.callbacks.interrupt import StopOnSignal


class StopTogether(StopOnSignal):
    """As `StopOnSignal`, of all workers: after each step they ask each other.

    Args:
        strategy: of several workers.

    Attributes:
        received: the number of a signal that one of them was sent, or None.
    """

    def __init__(self, strategy):
        super().__init__()

        def ask(number):
            own = strategy.run(lambda: number[tf.newaxis])
            return strategy.gather(own, axis=0)

        self._ask = tf.function(ask, autograph=False)

    def on_train_batch_end(self, batch, logs=None):
        """Ends `fit` on all workers, which then save."""
        told = np.max(self._ask(tf.constant(self.received or 0)).numpy())
        if told:
            self.received = self.received or int(told)
            self.model.stop_training = True
