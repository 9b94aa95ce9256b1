"""The f-GAN family: nine divergences between data and samples.

For a convex f with f(1) = 0, D_f(p || q) = E_q f(p/q). With the conjugate
f*(t) = sup_u (u t - f(u)) every function T gives a lower bound (eq. 4)

    D_f(p || q) >= E_p T(x) - E_q f*(T(x)),

an equality at T* = f'(p/q) (eq. 5). The discriminator's logit v becomes T =
g_f(v), whose output activation g_f keeps T in the domain of f*; p is the
data's density and q the model's.

Reference:
    Nowozin, Cseke, Tomioka (2016), f-GAN: Training Generative Neural Samplers
    using Variational Divergence Minimization, https://arxiv.org/abs/1606.00709
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.losses import elementary


@dataclasses.dataclass(frozen=True)
class FDivergence:
    """One row of the paper's table, and the game that it makes.

    Attributes:
        name: as `by_name` knows it.
        f: function u = p/q > 0 -> f(u).
        output_activation: function v -> g_f(v). Exponentials go on along
            their tangent above 30, so that squared slopes stay finite in
            float32.
        conjugate: function t -> f*(t), for t in the range of g_f.
        activated_conjugate: function v -> f*(g_f(v)), in a form that is exact
            at large logits.
        optimal_output: function u -> T* = f'(u) (eq. 5).

    The functions take and give float tensors of any shape, of one dtype.
    """

    name: str
    f: Callable
    output_activation: Callable
    conjugate: Callable
    activated_conjugate: Callable
    optimal_output: Callable

    def discriminator_loss(self, real_logits, fake_logits):
        """-g_f(v(x)) + f*(g_f(v(G(z)))), minus the objective of eq. (7).

        Args:
            real_logits: float `[batch]`, the discriminator's v on data.
            fake_logits: float `[batch]`, its v on samples.

        Returns:
            float32 `[batch]`, one cost per pair of a real and a fake example.
        """
        real_logits = tf.cast(real_logits, tf.float32)
        fake_logits = tf.cast(fake_logits, tf.float32)
        return self.activated_conjugate(fake_logits) - self.output_activation(
            real_logits
        )

    def generator_loss(self, fake_logits):
        """-f*(g_f(v(G(z)))): the zero-sum game, eq. (7).

        Args:
            fake_logits: float `[batch]`, the discriminator's v on samples.

        Returns:
            float32 `[batch]`, one cost per example.
        """
        return -self.activated_conjugate(tf.cast(fake_logits, tf.float32))

    def non_saturating_generator_loss(self, fake_logits):
        """-g_f(v(G(z))), the heuristic of section 3.2.

        That of `GAN` is the tutorial's non-saturating cost, twice eq. (13).

        Args:
            fake_logits: float `[batch]`, the discriminator's v on samples.

        Returns:
            float32 `[batch]`, one cost per example.
        """
        return -self.output_activation(tf.cast(fake_logits, tf.float32))


def by_name(name: str) -> FDivergence:
    """The divergence of that name; raises `UserError` if it is none of them."""
    for divergence in DIVERGENCES:
        if divergence.name == name:
            return divergence
    raise UserError(
        f"A divergence is one of {', '.join(d.name for d in DIVERGENCES)}. "
        f"Received: {name!r}"
    )


def _jeffreys_conjugate(t):
    """W(e^(1-t)) + 1/W(e^(1-t)) + t - 2, with W Lambert's function."""
    # W = e^-r, and so t = r + 1 - W.
    r = elementary.minus_log_lambert(t)
    return elementary.expm1(r) + r


TOTAL_VARIATION = FDivergence(
    name="total_variation",
    f=lambda u: tf.abs(u - 1.0) / 2.0,
    output_activation=lambda v: tf.tanh(v) / 2.0,
    conjugate=tf.identity,
    activated_conjugate=lambda v: tf.tanh(v) / 2.0,
    # The range of tanh is open: the bound is a supremum, which no v attains.
    optimal_output=lambda u: tf.sign(u - 1.0) / 2.0,
)
KL = FDivergence(
    name="kl",
    f=lambda u: tf.math.xlogy(u, u),
    output_activation=tf.identity,
    conjugate=lambda t: elementary.exp(t - 1.0),
    activated_conjugate=lambda v: elementary.exp(v - 1.0),
    optimal_output=lambda u: 1.0 + tf.math.log(u),
)
REVERSE_KL = FDivergence(
    name="reverse_kl",
    f=lambda u: -tf.math.log(u),
    output_activation=lambda v: -elementary.exp(v),
    conjugate=lambda t: -1.0 - tf.math.log(-t),
    activated_conjugate=lambda v: -1.0 - v,
    optimal_output=lambda u: -1.0 / u,
)
PEARSON_CHI_SQUARED = FDivergence(
    name="pearson_chi_squared",
    f=lambda u: tf.square(u - 1.0),
    output_activation=tf.identity,
    # The supremum over every real u: below t = -2 it is above that over u > 0,
    # which leaves a lower bound a lower bound.
    conjugate=lambda t: tf.square(t) / 4.0 + t,
    activated_conjugate=lambda v: tf.square(v) / 4.0 + v,
    optimal_output=lambda u: 2.0 * (u - 1.0),
)
NEYMAN_CHI_SQUARED = FDivergence(
    name="neyman_chi_squared",
    f=lambda u: tf.square(1.0 - u) / u,
    output_activation=lambda v: -elementary.expm1(v),
    conjugate=lambda t: 2.0 - 2.0 * tf.sqrt(1.0 - t),
    activated_conjugate=lambda v: -2.0 * elementary.expm1(v / 2.0),
    optimal_output=lambda u: 1.0 - 1.0 / tf.square(u),
)
SQUARED_HELLINGER = FDivergence(
    name="squared_hellinger",
    f=lambda u: tf.square(tf.sqrt(u) - 1.0),
    output_activation=lambda v: -elementary.expm1(v),
    conjugate=lambda t: t / (1.0 - t),
    activated_conjugate=lambda v: elementary.expm1(-v),
    optimal_output=lambda u: 1.0 - tf.math.rsqrt(u),
)
JEFFREYS = FDivergence(
    name="jeffreys",
    f=lambda u: (u - 1.0) * tf.math.log(u),
    output_activation=tf.identity,
    conjugate=_jeffreys_conjugate,
    activated_conjugate=_jeffreys_conjugate,
    optimal_output=lambda u: 1.0 - 1.0 / u + tf.math.log(u),
)
# Twice the Jensen-Shannon divergence.
JENSEN_SHANNON = FDivergence(
    name="jensen_shannon",
    f=lambda u: tf.math.xlogy(u, u) - (u + 1.0) * tf.math.log((u + 1.0) / 2.0),
    output_activation=lambda v: math.log(2.0) - tf.nn.softplus(-v),
    conjugate=lambda t: -tf.math.log(2.0 - tf.exp(t)),
    activated_conjugate=lambda v: tf.nn.softplus(v) - math.log(2.0),
    optimal_output=lambda u: tf.math.log(2.0 * u / (u + 1.0)),
)
# The same less log 4: the minimax game of losses/adversarial.py.
GAN = FDivergence(
    name="gan",
    f=lambda u: tf.math.xlogy(u, u) - (u + 1.0) * tf.math.log(u + 1.0),
    output_activation=lambda v: -tf.nn.softplus(-v),
    conjugate=lambda t: -tf.math.log(-tf.math.expm1(t)),
    activated_conjugate=tf.nn.softplus,
    optimal_output=lambda u: tf.math.log(u / (u + 1.0)),
)
DIVERGENCES = (
    TOTAL_VARIATION,
    KL,
    REVERSE_KL,
    PEARSON_CHI_SQUARED,
    NEYMAN_CHI_SQUARED,
    SQUARED_HELLINGER,
    JEFFREYS,
    JENSEN_SHANNON,
    GAN,
)
