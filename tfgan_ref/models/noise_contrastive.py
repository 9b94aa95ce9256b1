"""Noise-contrastive estimation as a game, beside self-contrast and likelihood.

Figure 20 of the tutorial: data are told from samples by a density, D = p_model
/ (p_model + q), where q is the density of the samples. They are noise, or a
copy of the model draws them; or the density is fitted to the data at once.

References:
    Gutmann, Hyvarinen (2010), Noise-contrastive estimation: A new estimation
    principle for unnormalized statistical models, AISTATS
    Goodfellow (2014), On distinguishability criteria for estimating generative
    models, https://arxiv.org/abs/1412.6515
"""

from __future__ import annotations

import itertools
import math

import keras
import numpy as np
import tensorflow as tf
from keras import initializers, layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.models import toy
from tfgan_ref.round import Round, flat, quantity
from tfgan_ref.turn import Turn

# How a density is estimated -> the network that is.
ESTIMATORS = {
    "noise_contrast": "discriminator",
    "self_contrast": "self_contrast",
    "maximum_likelihood": "likelihood",
}
CELLS = {1: 2048, 2: 256}  # Per side, by dimension.
# Of the first layer: tanh units that are that steep, anywhere in the box.
_STEEPNESS = 8.0


def build(dimensions, half_width, *, cells=None, units=64, seed=0):
    """Returns three densities over a box, that begin with the same weights.

    Compile it with Adam(1e-3, beta_1=0.9), simultaneously, and train it on
    minibatches of 512 points. The noise is uniform over the box.

    Args:
        dimensions: int, 1 or 2, of a point.
        half_width: float > 0; the box is [-half_width, half_width] in each
            dimension. The data should be in it.
        cells: int >= 2, of the grid, per side; None: 2048 or 256.
        units: int >= 1, of each of two hidden layers.
        seed: int, of the initial weights and of the noise.

    Returns:
        `ContrastiveGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(units=units)
    if dimensions not in CELLS or not 0 < half_width < math.inf:
        raise UserError(
            "A box of one dimension or two and of a positive half-width was "
            f"expected. Received: dimensions={dimensions}, "
            f"half_width={half_width}"
        )
    keras.utils.set_random_seed(seed)
    densities = {
        name: density(dimensions, half_width, units, name)
        for name in ESTIMATORS.values()
    }
    first, *others = densities.values()
    for other in others:
        other.set_weights(first.get_weights())
    return ContrastiveGAN(
        noise(dimensions, half_width),
        half_width=half_width,
        cells=CELLS[dimensions] if cells is None else cells,
        prior=priors.Uniform(dimensions),
        seed=seed,
        name="noise_contrastive",
        **densities,
    )


def noise(dimensions, half_width):
    """Latents in [-1, 1], `[batch, dimensions]` -> points of the box."""
    z = keras.Input((dimensions,), name="latents")
    points = layers.Rescaling(half_width, dtype="float32", name="points")(z)
    return keras.Model(z, points, name="noise")


def density(dimensions, half_width, units, name="density"):
    """Points `[batch, dimensions]` -> log p_model `[batch]`, float32.

    Nothing makes it integrate to one: the bias of the last layer is minus the
    logarithm of a normaliser, which is learned like the other weights.
    """
    points = keras.Input((dimensions,), name="points")
    x = layers.Rescaling(1.0 / half_width)(points)
    x = layers.Dense(
        units,
        "tanh",
        kernel_initializer=initializers.RandomNormal(stddev=_STEEPNESS),
        bias_initializer=initializers.RandomUniform(-_STEEPNESS, _STEEPNESS),
    )(x)
    x = layers.Dense(units, "tanh")(x)
    return keras.Model(points, toy.logits(x), name=name)


class ContrastiveRound(Round):
    """A minibatch as each of the three densities sees it."""

    @quantity
    def real_logits(self):
        """log p_model / q on data, where q is 1 / volume."""
        found = self.log_density("discriminator", self.shown_real)
        return found + self.gan.log_volume

    @quantity
    def fake_logits(self):
        """The same on noise."""
        found = self.log_density("discriminator", self.shown_fake)
        return found + self.gan.log_volume

    @quantity
    def own_samples(self):
        """Points that the second density draws, as many as data."""
        grid = self.log_density("self_contrast", self.gan.grid)
        # The noise's own latents, put through the inverse of the cumulated.
        return self.gan.quantile(grid, 0.5 * (self.inputs[:, 0] + 1.0))

    @quantity
    def own_real_logits(self):
        """log p_model / q on data, q a copy of the second density."""
        return self._beside_a_copy(self.shown_real)

    @quantity
    def own_fake_logits(self):
        """The same on its own samples."""
        return self._beside_a_copy(self.own_samples)

    @quantity
    def log_likelihoods(self):
        """Of data, by the third density, which is normalised here."""
        found = self.log_density("likelihood", self.shown_real)
        grid = self.log_density("likelihood", self.gan.grid)
        return found - self.gan.log_sum(grid)

    def log_density(self, name, points):
        """log p_model of that network, float32 `[n]`."""
        return flat(self.forward(name, points))

    def _beside_a_copy(self, points):
        """0 everywhere, but the copy stands still."""
        found = self.log_density("self_contrast", points)
        return found - tf.stop_gradient(found)


@keras.saving.register_keras_serializable("tfgan_ref")
class ContrastiveGAN(GAN):
    """One player in three games: whose samples are data told from?

    - `discriminator`: those of the generator, noise that stands still
      (noise-contrastive estimation);
    - `self_contrast`: its own, of a copy;
    - `likelihood`: nobody's. It is fitted by its exact likelihood.

    The densities are over a box, whose grid gives their normalisers and their
    samples exactly, up to its cells. Of the first alone the cost depends on
    the normaliser: rounding alone moves the last bias of the other two.

    Args:
        generator: latents -> noise, uniform over the box.
        discriminator: points -> log p_model `[batch]`, see `density`.
        self_contrast: the same.
        likelihood: the same.
        half_width: float > 0, of the box, in each dimension.
        cells: int >= 2, of the grid, per side.
        **kwargs: of `GAN`.

    Attributes:
        grid: float32 `[cells ** dimensions, dimensions]`, the cells' centres.
        log_volume: float, of the box.

    Raises:
        UserError: `cells` is less than 2.
    """

    network_names = ("generator", *ESTIMATORS.values())
    round_class = ContrastiveRound

    def __init__(
        self, generator, discriminator, *, half_width, cells, **kwargs
    ):
        super().__init__(generator, discriminator, **kwargs)
        checks.at_least(2, cells=cells)
        self.half_width = half_width
        self.cells = cells
        dimensions = generator.output_shape[-1]
        side = half_width * ((2.0 * np.arange(cells) + 1.0) / cells - 1.0)
        places = list(itertools.product(side, repeat=dimensions))
        self.grid = np.array(places, np.float32)
        self.log_volume = dimensions * math.log(2.0 * half_width)

    def turns(self):
        """The densities'. The noise stands still."""
        return [
            Turn(name, (name,), self.discriminator_steps if k == 0 else 1)
            for k, name in enumerate(ESTIMATORS.values())
        ]

    def compile(self, *args, **kwargs):
        """As `GAN.compile`; the generator has no cost.

        Raises:
            UserError: it was given one.
        """
        checks.no_costs(self, kwargs, "generator_loss")
        super().compile(*args, **kwargs)

    def self_contrast_cost(self, round):
        """The discriminator's cost, of the density beside its copy."""
        logits = round.own_real_logits, round.own_fake_logits
        return [self.discriminator_loss(*logits)]

    def likelihood_cost(self, round):
        """Minus the log-likelihood of data."""
        return [-round.log_likelihoods]

    def log_sum(self, log_density):
        """log of the integral over the box of what the grid has, `[...]`.

        Args:
            log_density: float `[..., cells ** dimensions]`.
        """
        log_cell = self.log_volume - math.log(len(self.grid))
        return tf.reduce_logsumexp(log_density, -1) + log_cell

    def quantile(self, log_density, shares):
        """Points of the grid at these shares of a density's mass.

        Args:
            log_density: float `[cells ** dimensions]`, of any normaliser.
            shares: float `[n]` in [0, 1], such as uniform noise.

        Returns:
            float32 `[n, dimensions]`, of which no gradient comes back.
        """
        mass = tf.cumsum(tf.nn.softmax(tf.stop_gradient(log_density)))
        # Rounding may leave the last below 1.
        cell = tf.searchsorted(mass[:-1], shares, side="right")
        return tf.gather(self.grid, cell)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "half_width": self.half_width,
            "cells": self.cells,
        }
