"""What dropout keeps, as a prior: noise that a network is multiplied by."""

from __future__ import annotations

import tensorflow as tf

from tfgan_ref import priors
from tfgan_ref.errors import UserError


@priors.registered
class DropoutMask(priors.Prior):
    """z of numbers that are 0 with probability p, and else 1 / (1 - p).

    Multiplied by it, values are dropped out; its mean, 1, leaves them. A layer
    would draw in training alone, and not of a seed for each row.

    Args:
        dim: int >= 1.
        rate: float in [0, 1), p.

    Raises:
        UserError: an argument is out of range.
    """

    mean = 1.0

    def __init__(self, dim: int, rate: float = 0.5):
        super().__init__(dim)
        if not 0.0 <= rate < 1.0:
            raise UserError(f"`rate` must be in [0, 1). Received: {rate}")
        self.rate = rate
        self.support = (0.0, 1.0 / (1.0 - rate))

    def draw(self, count, seed):
        """float32 `[count, dim]`."""
        drawn = tf.random.stateless_uniform([count, self.dim], seed)
        return tf.where(drawn < self.rate, *self.support)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"rate": self.rate}
