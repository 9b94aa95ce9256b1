"""A fully visible belief net: MADE, p(x) = prod p(x_i | those before it).

An autoencoder of bits whose weights are masked so that output i sees the inputs
that come before i in a random order alone.

References:
    Germain, Gregor, Murray, Larochelle (2015), MADE: Masked Autoencoder for
    Distribution Estimation, https://arxiv.org/abs/1502.03509
    karpathy/pytorch-made 08431d9: one mask, its initial weights, and its decay
    of all weights.
"""

from __future__ import annotations

import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.family import Tractable
from tfgan_ref.models.taxonomy.laws import Bernoulli


class MADE(Tractable):
    """p(bits), in one pass; a sample takes one for each bit.

    Args:
        dimensions: int >= 2, how many bits.
        units: of the hidden layers, ints.
        decay: float, times half the sum of all squared weights is added to
            the cost.
        seed: int, of the masks and of the order.

    Raises:
        UserError: there are less than two bits.
    """

    def __init__(self, dimensions, units=(500,), *, decay=0.0, seed=0):
        if dimensions < 2:
            raise UserError(
                f"MADE is of two bits at least. Received: {dimensions}"
            )
        super().__init__(dimensions, seed, "made")
        self.evaluations = dimensions
        self.decay = decay
        rng = np.random.default_rng(seed)
        # Of each unit: which place it sees last. Of inputs: their own.
        seen = [rng.permutation(dimensions)]
        for width in units:
            seen.append(rng.integers(seen[-1].min(), dimensions - 1, width))
        self.order = np.argsort(seen[0])
        x = given = keras.Input((dimensions,))
        for below, above in itertools.pairwise(seen):
            x = MaskedDense(below[:, None] <= above, "relu")(x)
        x = MaskedDense(seen[-1][:, None] < seen[0])(x)
        self.network = keras.Model(given, x)

    def log_prob(self, bits):
        """log p of bits `[batch, dimensions]`."""
        return Bernoulli.log_prob(bits, self.network(bits))

    def cost(self, bits, seed):
        """The mean of -log p(x), and the decay."""
        cost = super().cost(bits, seed)
        if not self.decay:
            return cost
        squares = [tf.nn.l2_loss(x) for x in self.trainable_variables]
        return cost + self.decay * tf.add_n(squares)

    def draw(self, count, seed):
        """Bits, one after the other."""
        uniform = tf.random.stateless_uniform([count, self.dimensions], seed)
        bits = tf.zeros_like(uniform)
        for place in tf.constant(self.order):
            drawn = tf.cast(
                uniform < tf.sigmoid(self.network(bits)), bits.dtype
            )
            bits += drawn * tf.one_hot(place, self.dimensions)
        return bits


class MaskedDense(layers.Dense):
    """A dense layer of which some connections are missing.

    Args:
        mask: bool `[inputs, units]`, which there are.
        activation: of `keras.layers.Dense`.
    """

    def __init__(self, mask, activation=None):
        # As PyTorch begins: uniform, up to 1 / sqrt(inputs).
        limit = len(mask) ** -0.5
        super().__init__(
            mask.shape[1],
            activation,
            kernel_initializer=keras.initializers.RandomUniform(-limit, limit),
            bias_initializer=keras.initializers.RandomUniform(-limit, limit),
        )
        self._mask = mask

    def call(self, inputs):
        """`[batch, inputs]` -> `[batch, units]`."""
        kernel = self.kernel * ops.cast(self._mask, self.kernel.dtype)
        return self.activation(ops.matmul(inputs, kernel) + self.bias)
