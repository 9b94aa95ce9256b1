"""Gumbel noise as a prior: the place of the greatest number is a category."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_ref import priors

_LEAST = float(np.finfo(np.float32).tiny)  # The logarithm of 0 is none.


@priors.registered
class Gumbel(priors.Prior):
    """-log(-log u) of u ~ U(0, 1): Gumbel noise, whose mode is 0.

    The place of the greatest of logits + noise is distributed as the softmax of
    the logits. A truncation t multiplies the noise, so that it is the softmax
    of logits / t: the sampling temperature, with the most probable at 0.

    Reference:
        Maddison, Tarlow, Minka (2014), A* Sampling, section 2,
        https://arxiv.org/abs/1411.0030
    """

    # The mode. The mean of all numbers moves no place.
    mean = 0.0

    def draw(self, count, seed):
        """float32 `[count, dim]`."""
        uniform = tf.random.stateless_uniform(
            [count, self.dim], seed, minval=_LEAST
        )
        return -tf.math.log(-tf.math.log(uniform))
