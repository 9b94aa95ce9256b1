"""Chains that climb to what is likely and of a class: the sampler of PPGN.

Where noise of N(0, s^2) is taken away by the best denoising autoencoder R,
(R(h) - h) / s^2 is the slope of log p at h, p the law of what is disturbed
(Alain and Bengio 2014, https://arxiv.org/abs/1211.4246). Together with the
slope of log p(y | h) that is the slope of log p(h | y), all that Langevin's
chain asks for.

Reference:
    Nguyen, Clune, Bengio, Dosovitskiy, Yosinski (2017), Plug & Play Generative
    Networks: Conditional Iterative Generation of Images in Latent Space,
    equation 11, https://arxiv.org/abs/1612.00005
"""

from __future__ import annotations

import dataclasses

import tensorflow as tf

from tfgan_ref import checks
from tfgan_ref.errors import UserError


@dataclasses.dataclass(frozen=True)
class Chain:
    """h += size (e1 (R(h) - h) + e2 dlog p(y | h)/dh + e3 N(0, I)).

    With e1 = t / (2 s^2), e2 = t / 2, e3 = sqrt(t) and neither `normalized` nor
    `highest` it is Langevin's: for a small t its law ends as p(h | y).

    Released are 200 steps of e1 = 1e-5, e2 = 1, e3 = 1e-17 and size 1,
    normalised, and codes in [0, 30].

    Attributes:
        steps: int >= 1, how many.
        prior_weight: float >= 0, e1.
        condition_weight: float >= 0, e2.
        noise_weight: float >= 0, e3.
        step_size: float >= 0, of the first step.
        last_step_size: float >= 0, to which it goes linearly.
        normalized: bool, as released: what is in brackets, noise and all, is
            divided by the mean size of its numbers, so that a step is as long
            as its size says.
        highest: float > 0, codes are clipped to [0, highest]; None: to nothing.

    Raises:
        UserError: a number is out of range.
    """

    steps: int = 50
    prior_weight: float = 1.0
    condition_weight: float = 3.0
    noise_weight: float = 0.2
    step_size: float = 1.0
    last_step_size: float = 1.0
    normalized: bool = False
    highest: float | None = 30.0

    def __post_init__(self):
        checks.positive(steps=self.steps)
        checks.at_least(
            0,
            prior_weight=self.prior_weight,
            condition_weight=self.condition_weight,
            noise_weight=self.noise_weight,
            step_size=self.step_size,
            last_step_size=self.last_step_size,
        )
        if self.highest is not None and not self.highest > 0:
            raise UserError(
                f"`highest` must be positive. Received: {self.highest}"
            )

    def run(self, start, noise, look):
        """Where the chains end, each a function of its own row.

        Args:
            start: float32 `[count, n]`.
            noise: float32 `[count, steps, n]`, N(0, I).
            look: function of codes float32 `[count, n]` -> R of them, and
                log p(y | h) float32 `[count]`.

        Returns:
            float32 `[count, n]`.
        """

        def body(step, codes):
            return step + 1, self._next(step, codes, noise[:, step], look)

        _, codes = tf.while_loop(
            lambda step, _: step < self.steps,
            body,
            (tf.constant(0), start),
            parallel_iterations=1,
        )
        return codes

    def _next(self, step, codes, noise, look):
        with tf.GradientTape() as tape:
            tape.watch(codes)
            restored, log_probabilities = look(codes)
        slope = tape.gradient(
            log_probabilities,
            codes,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        move = (
            self.prior_weight * (restored - codes)
            + self.condition_weight * slope
            + self.noise_weight * noise
        )
        if self.normalized:
            size = tf.reduce_mean(tf.abs(move), -1, keepdims=True)
            move = tf.math.divide_no_nan(move, size)
        share = tf.cast(step, tf.float32) / self.steps
        change = self.last_step_size - self.step_size
        codes += (self.step_size + change * share) * move
        if self.highest is None:
            return codes
        return tf.clip_by_value(codes, 0.0, self.highest)
