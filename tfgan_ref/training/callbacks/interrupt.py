"""Ctrl-C, SIGTERM or a closed terminal end a run with a checkpoint."""

import signal
import threading

import keras
from absl import logging


class StopOnSignal(keras.callbacks.Callback):
    """Stops training after the current step; a second signal stops at once.

    A second SIGHUP does not: of a terminal that is closed the kernel sends one,
    and often the shell another. Where it is ignored, as under nohup, it stays
    so.

    A context manager, which takes the signals over and gives them back. Python
    lets the main thread alone do so: in another a line of the log says that
    signals do not stop the run.

    Attributes:
        received: the signal's number, None if there was none.
    """

    def __init__(self):
        super().__init__()
        self.received = None

    def __enter__(self):
        """Takes the signals over."""
        self._before = {}
        if threading.current_thread() is not threading.main_thread():
            logging.warning(
                "Not in the main thread: signals do not end this run with a "
                "checkpoint"
            )
            return self
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            numbers.append(signal.SIGHUP)
        self._before = {
            number: signal.signal(number, self._stop) for number in numbers
        }
        return self

    def __exit__(self, *exception):
        """Gives the signals back."""
        self._give_back(*self._before)

    def on_train_batch_end(self, batch, logs=None):
        """Ends `fit`, which then saves."""
        if self.received is not None:
            self.model.stop_training = True

    def _stop(self, number, frame):
        if self.received is None:
            self.received = number
            self._give_back(signal.SIGINT, signal.SIGTERM)
            logging.warning("Stopping after this step; a checkpoint follows")

    def _give_back(self, *numbers):
        for number in numbers:
            signal.signal(number, self._before[number])
