"""What the models of the taxonomy have in common."""

from __future__ import annotations

from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

EXACT, BOUND, NONE = "exact", "lower bound", "none"


class Family(Protocol):
    """A generative model of rows of numbers.

    Attributes:
        density: `EXACT`, `BOUND` or `NONE`, what `log_density` gives.
        evaluations: int, how often its network is evaluated for a sample.
        parameters: int, how many numbers are learnt.
    """

    density: str
    evaluations: int

    @property
    def parameters(self) -> int:
        """How many numbers are learnt."""

    def fit(self, minibatches: tf.data.Dataset, *, steps_per_epoch: int, **how):
        """Learns from so many minibatches, float32 `[batch, dimensions]`."""

    def sample(self, count: int, seed: int) -> np.ndarray:
        """float32 `[count, dimensions]`, a function of the seed."""

    def log_density(self, examples: np.ndarray) -> np.ndarray | None:
        """log p(x) or a bound of it, float64 `[count]` in nats, or None."""


class Network(keras.Model):
    """A family that is a network with a cost; compile it with an optimizer.

    A subclass has `cost` and `draw`.

    Args:
        dimensions: int, of an example.
        seed: int, of what is drawn in training, a function of it and the step.
        name: of the model.
    """

    density = NONE
    evaluations = 1

    def __init__(self, dimensions, seed, name):
        super().__init__(name=name)
        self.dimensions = dimensions
        self.seed = seed
        self._drawn = tf.function(self.draw)
        self.built = True

    @property
    def parameters(self):
        """How many numbers are learnt."""
        return sum(int(np.prod(x.shape)) for x in self.trainable_variables)

    def cost(self, examples, seed):
        """A scalar to be minimised.

        Args:
            examples: float32 `[batch, dimensions]`.
            seed: int64 `[2]`, of what is drawn.
        """
        raise NotImplementedError

    def draw(self, count, seed):
        """Samples as a tensor `[count, dimensions]`; seed int64 `[2]`."""
        raise NotImplementedError

    def sample(self, count, seed):
        """float32 `[count, dimensions]`, a function of the seed, an int."""
        return self._drawn(count, tf.constant([seed, 0], tf.int64)).numpy()

    def log_density(self, examples):
        """None: it has none."""
        return None

    def fit(self, minibatches, *, steps_per_epoch, verbose=0, **how):
        """Keras's, of a data set of minibatches."""
        return super().fit(
            minibatches,
            steps_per_epoch=steps_per_epoch,
            verbose=verbose,
            shuffle=False,  # Keras warns that it could not.
            **how,
        )

    @property
    def metrics(self):
        """None: that of Keras for a compiled loss would report 0."""
        return []

    def train_step(self, examples):
        """One update; Keras's `fit` calls it."""
        step = tf.cast(self.optimizer.iterations.value, tf.int64)
        seed = tf.stack([tf.constant(self.seed, tf.int64), step])
        with tf.GradientTape() as tape:
            cost = self.cost(examples, seed)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(cost, variables), variables)
        return {"loss": cost}


def over_draws(function, seed, draws):
    """A function of seeds, of some that training does not draw with.

    Args:
        function: seed int64 `[2]` -> float `[count]`.
        seed: int, of the model.
        draws: int, how many seeds.

    Returns:
        float64 `[draws, count]`.
    """
    compiled = tf.function(function, autograph=False)
    # Training draws for steps >= 0.
    seeds = [tf.constant([seed, -1 - k], tf.int64) for k in range(draws)]
    return np.asarray([compiled(one) for one in seeds], float)


class Tractable(Network):
    """A network whose log-density can be computed: a subclass's `log_prob`."""

    density = EXACT

    def log_prob(self, examples):
        """`[batch]`, of examples `[batch, dimensions]`."""
        raise NotImplementedError

    def cost(self, examples, seed):
        """The mean of -log p(x)."""
        return -tf.reduce_mean(self.log_prob(examples))

    def log_density(self, examples):
        """log p(x), float64 `[count]`, in nats."""
        return np.asarray(self.log_prob(tf.convert_to_tensor(examples)), float)
