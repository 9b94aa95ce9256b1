"""The metrics of a step as the device has them."""

import keras


class OnDevice(keras.callbacks.CallbackList):
    """Hands on tensors, where Keras makes floats of them at every step.

    For a float a GPU has to be done with the step. So only a callback that
    reads a value waits, and between two reads steps follow one another.

    Args:
        *args: of `keras.callbacks.CallbackList`.
        **kwargs: the same.
    """

    def on_train_batch_end(self, batch, logs=None):
        """Calls them all."""
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs)
