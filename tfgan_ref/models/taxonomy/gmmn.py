"""Moment matching: a generator whose minibatches have the data's moments.

All of them, those of a kernel: the cost is the maximum mean discrepancy, with
which a two-sample test would tell them apart.

Reference:
    Li, Swersky, Zemel (2015), Generative Moment Matching Networks,
    https://arxiv.org/abs/1502.02761, eq. 3 and 5
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_ref.models.taxonomy.family import Network
from tfgan_ref.models.taxonomy.perceptron import UNITS, perceptron

_LEAST = 1e-12  # Of what a root is taken of.


class GMMN(Network):
    """Samples in one pass; there is no density.

    Args:
        dimensions: int.
        latent_dim: int, of uniform noise in [-1, 1].
        units: int, of the hidden layers.
        bandwidths: floats, deviations of the Gaussian kernels that are added.
        last: activation of the generator's last layer; None: it is linear.
        seed: int.
    """

    def __init__(
        self,
        dimensions,
        latent_dim=10,
        units=UNITS,
        *,
        bandwidths,
        last=None,
        seed=0,
    ):
        super().__init__(dimensions, seed, "gmmn")
        self.latent_dim = latent_dim
        self.bandwidths = tuple(bandwidths)
        self.generator = perceptron(latent_dim, dimensions, units, last=last)

    def cost(self, examples, seed):
        """The root of the squared discrepancy, as the paper minimises it."""
        made = self.draw(tf.shape(examples)[0], seed)
        squared = squared_discrepancy(made, examples, self.bandwidths)
        # Near 0 rounding may make it negative, and the root's slope has no end.
        return tf.sqrt(tf.nn.relu(squared) + _LEAST)

    def draw(self, count, seed):
        """Of the generator at uniform noise."""
        z = tf.random.stateless_uniform([count, self.latent_dim], seed, -1, 1)
        return self.generator(z)


def squared_discrepancy(x, y, bandwidths):
    """The squared MMD of two sets, with each pair of one's own, a scalar.

    Args:
        x: float `[count, dimensions]`.
        y: the same, of another count maybe.
        bandwidths: floats s; the kernel is the sum of exp(-|x - y|^2 / 2 s^2).
    """
    own = _mean_kernel(x, x, bandwidths) + _mean_kernel(y, y, bandwidths)
    return own - 2.0 * _mean_kernel(x, y, bandwidths)


def _mean_kernel(x, y, bandwidths):
    squares = tf.reduce_sum(tf.square(x[:, tf.newaxis] - y), -1)
    kernels = [tf.exp(squares / (-2.0 * s**2)) for s in bandwidths]
    return tf.reduce_mean(tf.add_n(kernels))
