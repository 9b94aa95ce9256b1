"""The base of every callback that must know the GAN's step."""

import keras


class Stepwise(keras.callbacks.Callback):
    """Counts the GAN's own steps, as `fit` counts from 0 after a resume.

    The counter itself is read where training begins, and not at every step: on
    a GPU that would wait until the step is done.

    Attributes:
        step: int, how many generator updates were made.
    """

    def on_train_begin(self, logs=None):
        """Reads where training begins."""
        self.step = int(self.model.step.numpy())

    def on_train_batch_end(self, batch, logs=None):
        """Counts the steps of a call of the graph."""
        self.step += self.model.steps_per_execution

    def on_train_end(self, logs=None):
        """Reads where training ends: data may have ended within a call."""
        self.step = int(self.model.step.numpy())
