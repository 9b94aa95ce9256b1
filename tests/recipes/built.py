"""What `training.train` would have trained, and what is measured on it."""

import contextlib
import dataclasses
import functools
from typing import Any

import numpy as np
import tensorflow as tf

from tfgan_ref.training import run as training

PLAYERS = ("generator", "discriminator")
# Of three updates, the gradients of six parameters: epsilon and its place
# show in the small ones.
GRADIENTS = np.outer(
    [1.0, 0.0, -0.3], [1.0, -1e-2, 1e-5, -1e-7, 1e-8, -1e-9]
).astype(np.float32)


@dataclasses.dataclass(eq=False)
class Run:
    """What `training.train` got, and how it came about.

    `told` is flag -> the value that should be seen; `given` are those of the
    command line; `opened` are data sets, as (name, split, data_dir), `loaded`
    what else `images.load` was asked for, and `devices` how many the strategy
    was to make, in this process or another.
    """

    told: dict[str, Any]
    given: dict[str, Any]
    names: set[str]
    opened: list[tuple]
    loaded: list[dict]
    devices: list[int]
    gan: Any
    data: Any
    config: training.Config
    settings: dict[str, Any]
    free: frozenset[str]
    stream: Any
    evaluate: Any
    draw: Any
    sample_count: int

    @functools.cached_property
    def minibatch(self):
        """The stream's first minibatch, a tuple of arrays."""
        stream = self.stream(
            self.data, self.config.batch_size, seed=self.config.seed
        )
        return tuple(x.numpy() for x in tf.nest.flatten(next(iter(stream))))

    def latents(self, count):
        """float `[count, latent_dim]`, those of the first step."""
        return self.gan.rows(self.gan.prior.draw, count, 0).numpy()

    @functools.cached_property
    def moves(self):
        """Of each player, six parameters after each update of GRADIENTS."""
        return {player: self._moved(player) for player in PLAYERS}

    def _moved(self, player):
        optimizer = getattr(self.gan, f"{player}_optimizer")
        # Of a game whose turn of that name moves another network as well.
        owned = getattr(optimizer, "_trainable_variables", None)
        first = (owned or getattr(self.gan, player).trainable_variables)[0]
        places = []
        with unchanged([first, *optimizer.variables]):
            fill([first], 0.0)
            for gradients in GRADIENTS:
                optimizer.apply([np.resize(gradients, first.shape)], [first])
                places.append(first.numpy().ravel()[: len(gradients)])
        return np.array(places)

    def rates(self, player, steps):
        """The learning rate at each of the steps."""
        optimizer = getattr(self.gan, f"{player}_optimizer")
        rates = []
        with unchanged([optimizer.iterations]):
            for step in steps:
                optimizer.iterations.assign(step)
                rates.append(tf.convert_to_tensor(optimizer.learning_rate))
        return rates

    def decay(self, player):
        """How much of the average a late step keeps; 0 without an average."""
        average = getattr(self.gan, f"ema_{player}")
        if average is None:
            return 0.0
        network = getattr(self.gan, player)
        owned = [self.gan.step, *average.variables, *network.variables]
        with unchanged(owned):
            self.gan.step.assign(10**9)
            fill(network.variables, 0.0)
            fill(average.variables, 1.0)
            self.gan.after_step()
            return float(np.mean(average.variables[0]))


def shapes(network):
    """Of the trainable weights, a list of tuples."""
    return [tuple(x.shape) for x in network.trainable_variables]


def fill(variables, value):
    for variable in variables:
        variable.assign(tf.fill(variable.shape, value))


@contextlib.contextmanager
def unchanged(variables):
    """They have their values again in the end."""
    values = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
