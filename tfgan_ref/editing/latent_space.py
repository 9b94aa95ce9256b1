"""Latents, what a generator makes of them, and where they may be."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgan_ref import inference, priors

_NOISE = 0.5  # Of a draw from the prior, between starts near one latent.


@dataclasses.dataclass(frozen=True)
class LatentSpace:
    """The latents of a generator.

    Attributes:
        generate: function of float32 `[count, dim]` -> images float32
            `[count, height, width, channels]` in [0, 1], of TensorFlow, with
            a gradient.
        prior: of the latents.
    """

    generate: Callable
    prior: priors.Prior

    @classmethod
    def of_model(cls, model: inference.Model, label: int | None = None):
        """That of a run or of an export: gradients pass through both.

        Args:
            model: the model.
            label: class of all images, of a conditional model.

        Raises:
            UserError: it makes no images of one vector of latents, or does
                not tell their prior.
        """
        _ = model.latent_dim  # It has one, or this raises.
        function = model.signature("generate")

        def generate(latents):
            count = tf.shape(latents)[0]
            asked = (
                {}
                if label is None
                else {"labels": tf.fill([count], np.int64(label))}
            )
            return function(latents=latents, **asked)["images"]

        return cls(generate, model.prior)

    @property
    def centre(self) -> float:
        """The prior's mean; 0 where it tells none."""
        return self.prior.mean or 0.0

    def images(self, latents) -> np.ndarray:
        """float32 `[count, height, width, channels]` of `[count, dim]`."""
        return self.generate(tf.constant(latents, tf.float32)).numpy()

    def within(self, latents):
        """float32 `[count, dim]`, moved into the support of the prior."""
        return tf.clip_by_value(latents, *self.prior.support)

    def unlikeliness(self, latents):
        """-log p(z) of a normal prior, mean of its numbers, but for a constant.

        Of a prior with bounds it is 0, and so it is where there is no one
        mean: a uniform one is as likely everywhere.

        Args:
            latents: float32 `[count, dim]`.

        Returns:
            float32 `[count]`, nats.
        """
        if self.prior.mean is None or math.isfinite(self.prior.support[1]):
            return tf.zeros(tf.shape(latents)[0])
        distances = tf.square(latents - self.prior.mean)
        return 0.5 * tf.reduce_mean(distances, -1)

    def near(self, latent, seeds) -> np.ndarray:
        """A latent, and others half a draw from the prior away from it.

        As iGAN has it, so that one search finds several solutions.

        Args:
            latent: float32 `[dim]`.
            seeds: int64 `[count]`, count >= 1, of the draws; of the first one
                the latent itself takes the place.

        Returns:
            float32 `[count, dim]`.
        """
        draws = self.prior.of_seeds(tf.constant(seeds, tf.int64))
        moved = self.within(latent + _NOISE * (draws - self.centre)).numpy()
        moved[0] = latent
        return moved
