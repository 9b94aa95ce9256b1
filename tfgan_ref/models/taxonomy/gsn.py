"""A generative stochastic network: a chain of corruption and reconstruction.

Bits are flipped at random, and a network learns the law of what they were, bit
by bit. Doing both again and again is a Markov chain, whose stationary law is
that of the data if the network knows the law of what they were: bit by bit it
does where they are independent given what is seen.

Reference:
    Bengio, Thibodeau-Laufer, Alain, Yosinski (2014), Deep Generative Stochastic
    Networks Trainable by Backprop, https://arxiv.org/abs/1306.1091, theorem 1;
    walkback training as of its section 4
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_ref.models.taxonomy.family import Network
from tfgan_ref.models.taxonomy.laws import Bernoulli
from tfgan_ref.models.taxonomy.perceptron import UNITS, perceptron


class GSN(Network):
    """Samples are the end of a chain; there is no density.

    Args:
        dimensions: int, how many bits.
        units: int, of the hidden layers.
        hidden: int, how many.
        flips: float in (0, 1/2), the share of the bits that are flipped.
        walkback: int >= 1, steps of the chain from an example, after each of
            which it is to be reconstructed.
        chain: int, steps from noise to a sample.
        seed: int.
    """

    def __init__(
        self,
        dimensions,
        units=UNITS,
        *,
        hidden=2,
        flips=0.1,
        walkback=3,
        chain=200,
        seed=0,
    ):
        super().__init__(dimensions, seed, "gsn")
        self.flips = flips
        self.walkback = walkback
        self.evaluations = self.chain = chain
        self.network = perceptron(dimensions, dimensions, units, hidden=hidden)

    def cost(self, bits, seed):
        """The mean of -log p(example | corrupted), over the chain's steps."""
        state, costs = bits, []
        for step in tf.unstack(tf.random.split(seed, self.walkback)):
            logits, state = self._step(state, step)
            costs.append(-tf.reduce_mean(Bernoulli.log_prob(bits, logits)))
        return tf.add_n(costs) / self.walkback

    def draw(self, count, seed):
        """Where as many chains are that began at noise."""
        bits = Bernoulli.sample(tf.zeros([count, self.dimensions]), seed)
        for step in tf.random.split(seed, self.chain):
            _, bits = self._step(bits, step)
        return bits

    def _step(self, bits, seed):
        """Logits of what the corrupted bits were, and a draw of that."""
        seeds = tf.unstack(tf.random.split(seed, 2))
        uniform = tf.random.stateless_uniform(tf.shape(bits), seeds[0])
        flipped = tf.cast(uniform < self.flips, bits.dtype)
        logits = self.network(tf.abs(bits - flipped))
        return logits, Bernoulli.sample(logits, seeds[1])
