"""How steep both costs are where the logits of a minibatch lie."""

from __future__ import annotations

import tensorflow as tf

from tfgan_ref.diagnosis import saturation, vanishing
from tfgan_ref.gan import GAN
from tfgan_ref.models.infogan import InfoGAN
from tfgan_ref.models.joint import JointGAN
from tfgan_ref.models.semi_supervised import SemiSupervisedGAN
from tfgan_ref.models.unrolled import UnrolledGAN
from tfgan_ref.models.wgan import WassersteinGAN

# Where both are what `generator_loss` and `discriminator_loss` say of logits.
_DISCRIMINATORS = (
    GAN.discriminator_cost,
    InfoGAN.discriminator_cost,
    SemiSupervisedGAN.discriminator_cost,
)
_GENERATORS = (
    GAN.generator_cost,
    InfoGAN.generator_cost,
    JointGAN.generator_cost,
    UnrolledGAN.generator_cost,
)


class Slopes:
    """The slopes of a game's costs by its logits, as numbers of a run.

    `diagnosis/doubt`: mean of |dJ_D/da| on data plus the same on samples, of
    the tutorial's games E(1 - D(x)) + E D(G(z)).
    `diagnosis/generator_slope`: mean of |dJ_G/da| on samples, where the
    generator's cost is a function of them: not so of feature matching.

    A critic's costs are straight lines, and have neither.

    Args:
        gan: compiled.
    """

    def __init__(self, gan: GAN):
        self._costs = {}
        if isinstance(gan, WassersteinGAN):
            return
        if type(gan).discriminator_cost in _DISCRIMINATORS:
            self._costs[saturation.TAG] = gan.discriminator_loss
        if type(gan).generator_cost in _GENERATORS:
            self._costs[vanishing.TAG] = gan.generator_loss
        self._measure = tf.function(
            self._slopes, autograph=False, reduce_retracing=True
        )

    def __call__(self, logits: dict) -> dict[str, float]:
        """The slopes.

        Args:
            logits: `GAN.last_logits`; without logits there are no slopes.
        """
        names = ("logits/real", "logits/fake")
        if not self._costs or not all(name in logits for name in names):
            return {}
        found = self._measure(*(logits[name] for name in names))
        return dict(zip(self._costs, map(float, found), strict=True))

    def _slopes(self, real, fake):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([real, fake])
            costs = {
                tag: cost(real, fake) if tag == saturation.TAG else cost(fake)
                for tag, cost in self._costs.items()
            }
        found = []
        for tag, cost in costs.items():
            of = [real, fake] if tag == saturation.TAG else [fake]
            slopes = tape.gradient(
                cost, of, unconnected_gradients=tf.UnconnectedGradients.ZERO
            )
            # A scalar is a mean already, and so are its slopes' parts.
            join = tf.reduce_mean if cost.shape.rank else tf.reduce_sum
            means = [join(tf.abs(slope)) for slope in slopes]
            found.append(tf.add_n(means))
        return found
