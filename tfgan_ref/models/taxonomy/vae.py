"""A variational autoencoder: log p(x) >= E_q log p(x, z) / q(z | x).

Reference:
    Kingma, Welling (2014), Auto-Encoding Variational Bayes,
    https://arxiv.org/abs/1312.6114, eq. 2, estimator of eq. 6
    Burda, Grosse, Salakhutdinov (2016), Importance Weighted Autoencoders,
    https://arxiv.org/abs/1509.00519, of `importance_weighted`
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from scipy import special

from tfgan_ref.models.taxonomy.family import BOUND, Network, over_draws
from tfgan_ref.models.taxonomy.laws import (
    Bernoulli,
    Gaussian,
    standard_log_prob,
)
from tfgan_ref.models.taxonomy.perceptron import UNITS, perceptron

_DRAWS = 20  # Of z, for a bound.


class VAE(Network):
    """A lower bound of log p(bits); a sample is one pass of the decoder.

    Args:
        dimensions: int, how many bits.
        latent_dim: int, of z, of a prior N(0, I).
        units: int, of the hidden layers.
        seed: int.
    """

    density = BOUND

    def __init__(self, dimensions, latent_dim=2, units=UNITS, *, seed=0):
        super().__init__(dimensions, seed, "vae")
        self.latent_dim = latent_dim
        self.encoder = perceptron(dimensions, 2 * latent_dim, units)
        self.decoder = perceptron(latent_dim, dimensions, units)

    def log_weight(self, x, seed):
        """log p(x, z) / q(z | x) of one draw of z each, `[batch]`."""
        encoded = self.encoder(x)
        z = Gaussian.sample(encoded, seed)
        joint = Bernoulli.log_prob(x, self.decoder(z)) + standard_log_prob(z)
        return joint - Gaussian.log_prob(z, encoded)

    def cost(self, x, seed):
        """Minus the bound, of one draw."""
        return -tf.reduce_mean(self.log_weight(x, seed))

    def log_density(self, x):
        """The bound, the mean over some draws, float64 `[count]`."""
        return np.mean(self._log_weights(x, _DRAWS), 0)

    def importance_weighted(self, x, draws):
        """A bound that rises to log p(x) with the draws, float64 `[count]`."""
        weights = self._log_weights(x, draws)
        return special.logsumexp(weights, 0) - np.log(draws)

    def draw(self, count, seed):
        """Of the decoder at z of the prior."""
        seeds = tf.random.split(seed, 2)
        z = tf.random.stateless_normal([count, self.latent_dim], seeds[0])
        return Bernoulli.sample(self.decoder(z), seeds[1])

    def _log_weights(self, x, draws):
        x = tf.convert_to_tensor(x)
        return over_draws(lambda s: self.log_weight(x, s), self.seed, draws)
