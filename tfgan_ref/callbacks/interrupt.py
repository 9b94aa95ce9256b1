"""Ctrl-C and SIGTERM end a run between two steps, with a checkpoint."""

import signal

import keras
from absl import logging


class StopOnSignal(keras.callbacks.Callback):
    """Stops training after the current step; a second signal stops at once.

    A context manager, which takes the signals over and gives them back.

    Attributes:
        received: the signal's number, None if there was none.
    """

    def __init__(self):
        super().__init__()
        self.received = None

    def __enter__(self):
        """Takes the signals over."""
        self._before = {
            number: signal.signal(number, self._stop)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *exception):
        """Gives the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def on_train_batch_end(self, batch, logs=None):
        """Ends `fit`, which then saves."""
        if self.received is not None:
            self.model.stop_training = True

    def _stop(self, number, frame):
        self.received = number
        self.__exit__()
        logging.warning("Stopping after this step; a checkpoint follows")
