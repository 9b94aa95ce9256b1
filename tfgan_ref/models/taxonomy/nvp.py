"""A change of variables: real NVP, p(x) = N(f(x)) |det df/dx|.

f is a chain of affine couplings, of which each scales and shifts some
coordinates as a function of the others, and so has an inverse and a triangular
Jacobian.

Deviations: networks are perceptrons, there is no multi-scale architecture and
no batch normalisation.

Reference:
    Dinh, Sohl-Dickstein, Bengio (2017), Density estimation using Real NVP,
    https://arxiv.org/abs/1605.08803, eq. 4 to 8
"""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.family import (
    BOUND,
    Network,
    Tractable,
    over_draws,
)
from tfgan_ref.models.taxonomy.laws import standard_log_prob
from tfgan_ref.models.taxonomy.perceptron import UNITS, perceptron

_LARGEST = 2.0  # Of the logarithm of a scale.
_MARGIN = 0.05  # alpha of section 4.1.
_DRAWS = 20  # Of the noise, for a bound.


class RealNVP(Tractable):
    """p(x) of real numbers, in one pass; so is a sample.

    Args:
        dimensions: int >= 2.
        couplings: int, how many.
        units: int, of the networks' hidden layers.
        seed: int.

    Raises:
        UserError: there are less than two dimensions.
    """

    def __init__(self, dimensions, couplings=6, units=UNITS, *, seed=0):
        if dimensions < 2:
            raise UserError(
                "Real NVP is of two dimensions at least. "
                f"Received: {dimensions}"
            )
        super().__init__(dimensions, seed, "nvp")
        places = np.arange(dimensions)
        odd, first = places % 2, places < dimensions // 2
        kinds = np.array([odd, 1 - odd, first, ~first], np.float32)
        self.kept = [kinds[k % 4] for k in range(couplings)]
        self.networks = [
            perceptron(dimensions, 2 * dimensions, units, zero=True)
            for _ in range(couplings)
        ]

    def log_prob(self, x):
        """log p of x float `[batch, dimensions]`."""
        z, log_volume = self.transform(x)
        return standard_log_prob(z) + log_volume

    def transform(self, x):
        """f(x) `[batch, dimensions]`, and log |det df/dx| `[batch]`."""
        log_volume = tf.zeros_like(x[:, 0])
        for kept, network in zip(self.kept, self.networks, strict=True):
            scale, shift = _coupling(network, kept, x)
            x = x * tf.exp(scale) + shift
            log_volume += tf.reduce_sum(scale, -1)
        return x, log_volume

    def invert(self, z):
        """x for which f(x) is z."""
        for kept, network in zip(
            self.kept[::-1], self.networks[::-1], strict=True
        ):
            scale, shift = _coupling(network, kept, z)
            z = (z - shift) * tf.exp(-scale)
        return z

    def draw(self, count, seed):
        """The inverse of Gaussian noise."""
        shape = [count, self.dimensions]
        return self.invert(tf.random.stateless_normal(shape, seed))


class Dequantised(Network):
    """Bits as a flow sees them: with noise, and on the whole line.

    P(b) is the mass that the flow has within the cell of b, of which the mean
    log-density under uniform noise is a bound from below. As in section 4.1,
    of two levels: y = logit(alpha + (1 - 2 alpha) (b + u) / 2).

    Args:
        flow: `RealNVP`.
    """

    density = BOUND

    def __init__(self, flow):
        super().__init__(flow.dimensions, flow.seed, "dequantised")
        self.flow = flow

    def log_weight(self, bits, noise):
        """log of density times volume of the cell, `[batch]`.

        Args:
            bits: float `[batch, dimensions]`.
            noise: float `[batch, dimensions]` in [0, 1].
        """
        share = _MARGIN + (0.5 - _MARGIN) * (bits + noise)
        slope = tf.math.log(share) + tf.math.log1p(-share)
        # dy/du: the cell's own width is in it.
        log_volume = tf.reduce_sum(math.log(0.5 - _MARGIN) - slope, -1)
        y = tf.math.log(share) - tf.math.log1p(-share)
        return self.flow.log_prob(y) + log_volume

    def cost(self, bits, seed):
        """Minus the bound, of one draw of the noise."""
        return -tf.reduce_mean(self.log_weight(bits, _noise(bits, seed)))

    def log_density(self, bits):
        """The bound, the mean over some draws, float64 `[count]`."""
        bits = tf.convert_to_tensor(bits)

        def log_weight(seed):
            return self.log_weight(bits, _noise(bits, seed))

        return over_draws(log_weight, self.seed, _DRAWS).mean(0)

    def draw(self, count, seed):
        """The bits in whose cells the flow's samples are."""
        return tf.cast(self.flow.draw(count, seed) > 0.0, tf.float32)


def _noise(bits, seed):
    return tf.random.stateless_uniform(tf.shape(bits), seed, dtype=bits.dtype)


def _coupling(network, kept, x):
    """Log-scales and shifts `[batch, dimensions]`, 0 where x is kept."""
    scale, shift = tf.split(network(x * kept), 2, -1)
    return _LARGEST * tf.tanh(scale) * (1.0 - kept), shift * (1.0 - kept)
