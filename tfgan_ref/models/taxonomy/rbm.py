"""A Boltzmann machine: scikit-learn's restricted one.

p(v) = sum_h exp(b v + c h + h W v) / Z. It is trained by stochastic maximum
likelihood, whose negative phase is a Markov chain that goes on between the
updates. Z is a sum over all states of the smaller layer, which is possible of
few units alone.

References:
    Tieleman (2008), Training Restricted Boltzmann Machines using
    Approximations to the Likelihood Gradient, ICML 2008
    scikit-learn, sklearn.neural_network.BernoulliRBM
"""

from __future__ import annotations

import copy

import numpy as np
from scipy import special
from sklearn.neural_network import BernoulliRBM

from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.family import EXACT

_MOST = 20  # Units of the smaller layer, for Z.
_AT_A_TIME = 2**14  # States.


class RBM:
    """p(bits) up to Z, and Z; a sample is the end of a chain.

    Args:
        dimensions: int, how many bits.
        hidden: int, hidden units.
        batch_size: int, of the minibatches, and how many chains go on.
        learning_rate: float, at first; it falls linearly to 0.
        chain: int, Gibbs steps from noise to a sample.
        seed: int.
    """

    density = EXACT

    def __init__(
        self,
        dimensions,
        hidden,
        *,
        batch_size,
        learning_rate=0.1,
        chain=200,
        seed=0,
    ):
        self.machine = BernoulliRBM(
            hidden, batch_size=batch_size, random_state=seed
        )
        self._learning_rate = learning_rate
        self._chain = chain
        self.evaluations = 2 * chain  # Up and down.
        self.dimensions = dimensions
        self.parameters = hidden * dimensions + hidden + dimensions

    def fit(self, minibatches, *, steps_per_epoch, **how):
        """Makes so many updates."""
        for step, bits in enumerate(minibatches.take(steps_per_epoch)):
            left = 1.0 - step / steps_per_epoch
            self.machine.learning_rate = self._learning_rate * left
            self.machine.partial_fit(bits.numpy())

    def sample(self, count, seed):
        """Where as many chains are that began at noise."""
        machine = copy.copy(self.machine)
        machine.random_state_ = np.random.RandomState(seed)
        bits = machine.random_state_.randint(0, 2, [count, self.dimensions])
        for _ in range(self._chain):
            bits = machine.gibbs(bits)
        return np.float32(bits)

    def log_density(self, bits):
        """log p, float64 `[count]`.

        Raises:
            UserError: both layers are too large to be summed up.
        """
        return self.log_mass(bits) - self.log_partition()

    def log_mass(self, bits):
        """log Z p(v), minus the free energy, float64 `[count]`."""
        of = self.machine
        return _log_mass(
            np.asarray(bits, float),
            of.intercept_visible_,
            of.components_.T,
            of.intercept_hidden_,
        )

    def log_partition(self):
        """log Z; raises `UserError` as `log_density` does."""
        of = self.machine
        layers = [
            (of.intercept_visible_, of.components_.T, of.intercept_hidden_),
            (of.intercept_hidden_, of.components_, of.intercept_visible_),
        ]
        smaller = min(layers, key=lambda layer: len(layer[0]))
        count = len(smaller[0])
        if count > _MOST:
            raise UserError(
                f"Z is a sum over a layer of {_MOST} units at most. "
                f"Received: {count} in the smaller one"
            )
        sums = [
            special.logsumexp(_log_mass(states, *smaller))
            for states in _all_states(count)
        ]
        return special.logsumexp(sums)


def _log_mass(states, own, weights, others):
    """Of one layer's states, summed over those of the other."""
    return states @ own + np.logaddexp(0, states @ weights + others).sum(1)


def _all_states(count):
    """Every row of so many bits, float64, some thousands at a time."""
    for first in range(0, 2**count, _AT_A_TIME):
        numbers = np.arange(first, min(first + _AT_A_TIME, 2**count))
        yield (numbers[:, None] >> np.arange(count) & 1).astype(float)
