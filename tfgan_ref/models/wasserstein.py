"""The Wasserstein game with a critic of bounded slope.

References:
    Arjovsky, Chintala, Bottou (2017), Wasserstein GAN,
    https://arxiv.org/abs/1701.07875
    Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017), Improved Training
    of Wasserstein GANs, https://arxiv.org/abs/1704.00028
"""

import math

import keras
import tensorflow as tf

from tfgan_ref import metrics
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import wasserstein
from tfgan_ref.models import critic_schedule


class WassersteinGAN(GAN):
    """A generator against a critic; the discriminator is the critic.

    The updates are in turn: `discriminator_steps` times the critic, n_critic
    of both papers, each time on a minibatch of its own, then the generator.
    A step is one such block. What keeps the critic Lipschitz is a subclass's.
    """

    discriminator_loss = staticmethod(wasserstein.wasserstein_critic_loss)
    generator_loss = staticmethod(wasserstein.wasserstein_generator_loss)

    def compile(
        self, *args, discriminator_steps=5, simultaneous=False, **kwargs
    ):
        """As `GAN.compile`, but the updates are always in turn.

        Raises:
            UserError: `simultaneous` is True.
        """
        if simultaneous:
            raise UserError(
                "The critic's and the generator's updates are in turn. "
                "Received: simultaneous=True"
            )
        super().compile(
            *args,
            discriminator_steps=discriminator_steps,
            simultaneous=False,
            **kwargs,
        )


class PenalizedGAN(WassersteinGAN):
    """WGAN-GP: a penalty keeps the critic's slope near 1 (algorithm 1).

    `critic/gradient_norm` is the mean norm where the penalty looks at it, and
    `loss/discriminator` holds the penalty. Where a is the slope, W the distance
    and a W - lambda (a - 1)^2 is highest, a is 1 + W / (2 lambda): with a small
    lambda it falls to 1 as the samples come close.

    Args:
        *args: of `GAN`; the discriminator without batch normalisation.
        penalty_weight: float >= 0, lambda.
        **kwargs: of `GAN`.

    Raises:
        UserError: `penalty_weight` is negative or not finite.
    """

    def __init__(self, *args, penalty_weight=10.0, **kwargs):
        super().__init__(*args, **kwargs)
        if not 0 <= penalty_weight < math.inf:
            raise UserError(
                "`penalty_weight` must be finite and not negative. "
                f"Received: {penalty_weight}"
            )
        self.penalty_weight = penalty_weight

    def passes(self):
        """Passes through each network per example, see `cost.step_flop`.

        The penalty is four: forward, the gradient of the input, and of that
        the gradients of the weights and of what came from behind.
        """
        of_generator, of_critic = super().passes()
        return of_generator, of_critic + 4 * self.discriminator_steps

    def _update_discriminator(self, real_images, draw):
        size = keras.ops.shape(real_images)[0]
        fake_images = self._forward(self.generator, self.latents(size, draw))
        # The draws up to k are latents.
        epsilon = self.rows(
            wasserstein.draw_epsilon,
            [size],
            draw=self.discriminator_steps + 1 + draw,
        )
        with tf.GradientTape() as tape:
            real_values = self._forward(self.discriminator, real_images)
            fake_values = self._forward(self.discriminator, fake_images)
            # `spatial_first` has second derivatives as well.
            norms = wasserstein.gradient_norms(
                lambda images: self._forward(self.discriminator, images),
                real_images,
                fake_images,
                epsilon,
            )
            cost = tf.reduce_mean(
                self.discriminator_loss(real_values, fake_values)
                + wasserstein.distance_from_one(
                    norms, weight=self.penalty_weight
                )
            )
            share = self.per_replica(cost)
        self._apply_to_discriminator(
            tape.gradient(share, self.discriminator.trainable_variables)
        )
        return metrics.critic(cost, real_values, fake_values) | {
            "critic/gradient_norm": tf.reduce_mean(norms)
        }


class ClippedGAN(WassersteinGAN):
    """WGAN: the critic's weights are clipped before each of its updates.

    As released, and with the released schedule, see `critic_schedule`: some
    steps are blocks of critic updates alone, so that `step` counts blocks, and
    the generator's optimizer its updates. In a block without an update
    `loss/generator` is that of the critic's last samples.

    Args:
        *args: of `GAN`.
        clip: float > 0, c of algorithm 1.
        **kwargs: of `GAN`.

    Raises:
        UserError: `clip` is not positive or not finite.
    """

    def __init__(self, *args, clip=0.01, **kwargs):
        super().__init__(*args, **kwargs)
        if not 0 < clip < math.inf:
            raise UserError(
                f"`clip` must be finite and positive. Received: {clip}"
            )
        self.clip = clip

    def make_step(self, minibatches):
        """The critic's updates, and the generator's if it is its turn."""
        logs = super().make_step(minibatches)
        of_critics_samples = {"loss/generator": logs["loss/generator"]}
        return logs | tf.cond(
            critic_schedule.generator_moves(
                self.step.value, self.discriminator_steps
            ),
            lambda: self.on_replicas(
                self._generators_turn, minibatches[-1], part=1
            ),
            lambda: of_critics_samples,
        )

    def train_step(self, minibatches):
        """The critic's updates of one block, on one replica."""
        for k, minibatch in enumerate(minibatches):
            logs = self._update_discriminator(_images(minibatch), draw=k)
        cost = tf.reduce_mean(self.generator_loss(logs["logits/fake"]))
        return logs | {"loss/generator": cost}

    def _generators_turn(self, minibatch):
        return self._update_generator(
            _images(minibatch), draw=self.discriminator_steps
        )

    def _update_discriminator(self, real_images, draw):
        wasserstein.clip_weights(self.discriminator, self.clip)
        logs = super()._update_discriminator(real_images, draw)
        return metrics.critic(
            logs["loss/discriminator"], logs["logits/real"], logs["logits/fake"]
        )


def _images(minibatch):
    return tf.nest.flatten(minibatch)[0]
