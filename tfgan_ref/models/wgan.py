"""WGAN with weight clipping, and WGAN-GP.

References:
    Arjovsky, Chintala, Bottou (2017), Wasserstein GAN,
    https://arxiv.org/abs/1701.07875
    Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville (2017), Improved Training
    of Wasserstein GANs, https://arxiv.org/abs/1704.00028
"""

from __future__ import annotations

import math

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, gradients, metrics, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import wasserstein
from tfgan_ref.models import dcgan, toy
from tfgan_ref.round import Round, flat, quantity

_HIDDEN = 3
# Of the released schedule: before each of the first 25 generator updates, and
# before every 500th, the critic makes 100.
_FIRST_UPDATES = 25
_EVERY = 500
_CRITIC_UPDATES = 100


def build(
    image_shape,
    *,
    clip=None,
    penalty_weight=10.0,
    latent_dim=100,
    width=64,
    kernel_size=5,
    ema_decay=0.0,
    seed=0,
):
    """Returns a Wasserstein GAN of images, with DCGAN's networks.

    z ~ N(0, I), minibatches of 64. With the penalty compile it with Adam(1e-4,
    beta_1=0, beta_2=0.9); with `clip` with RMSprop(5e-5). The critic is DCGAN's
    discriminator, with the penalty without batch normalisation.

    Deviations: both papers' images have 64 pixels (WGAN), or residual networks
    (WGAN-GP, CIFAR-10); WGAN-GP has 128 latents.

    Args:
        image_shape: as for `dcgan.build`.
        clip: float > 0, weight clipping to +-clip, the paper's 0.01; None: the
            penalty.
        penalty_weight: float >= 0, lambda; without effect on clipping.
        latent_dim: as for `dcgan.build`, and so are those that follow.
        width: int.
        kernel_size: int.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int.

    Returns:
        `ClippedGAN` or `PenalizedGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(1, latent_dim=latent_dim, width=width)
    checks.at_least(2, kernel_size=kernel_size)
    keras.utils.set_random_seed(seed)
    return _game(
        dcgan.generator(image_shape, latent_dim, width, kernel_size),
        dcgan.discriminator(
            image_shape, width, kernel_size, normalized=clip is not None
        ),
        clip,
        penalty_weight,
        ema_decay=ema_decay,
        seed=seed,
    )


def build_toy(
    dimensions,
    *,
    clip=None,
    penalty_weight=0.1,
    latent_dim=2,
    units=512,
    ema_decay=0.0,
    seed=0,
):
    """Returns a Wasserstein GAN of points, as WGAN-GP released it.

    z ~ N(0, I)^2, minibatches of 256; three hidden layers of ReLU in both
    networks. Compile it as `build` says. Deviation: the released script has
    beta_1 = 0.5, the paper 0.

    Args:
        dimensions: int >= 1, of a point.
        clip: as for `build`, and so is the next.
        penalty_weight: float.
        latent_dim: int >= 1, length of z.
        units: int >= 1, of each hidden layer.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `ClippedGAN` or `PenalizedGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(dimensions=dimensions, latent_dim=latent_dim, units=units)
    keras.utils.set_random_seed(seed)
    return _game(
        generator(dimensions, latent_dim, units),
        critic(dimensions, units),
        clip,
        penalty_weight,
        ema_decay=ema_decay,
        seed=seed,
    )


def generator(dimensions, latent_dim=2, units=512):
    """Latents `[batch, latent_dim]` -> points `[batch, dimensions]`."""
    z = keras.Input((latent_dim,), name="latents")
    points = layers.Dense(dimensions, dtype="float32", name="points")(
        _hidden(z, units)
    )
    return keras.Model(z, points, name="generator")


def critic(dimensions, units=512):
    """Points `[batch, dimensions]` -> values `[batch]`."""
    points = keras.Input((dimensions,), name="points")
    return keras.Model(
        points, toy.logits(_hidden(points, units)), name="discriminator"
    )


def _hidden(x, units):
    for _ in range(_HIDDEN):
        x = layers.Dense(units, kernel_initializer="he_uniform")(x)
        x = layers.ReLU()(x)
    return x


def _game(generator, critic, clip, penalty_weight, **kwargs):
    prior = priors.Normal(generator.input_shape[-1])
    kwargs |= {"prior": prior, "name": "wgan"}
    if clip is not None:
        return ClippedGAN(generator, critic, clip=clip, **kwargs)
    return PenalizedGAN(
        generator, critic, penalty_weight=penalty_weight, **kwargs
    )


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
        checks.in_turn("The critic's", simultaneous)
        super().compile(
            *args,
            discriminator_steps=discriminator_steps,
            simultaneous=False,
            **kwargs,
        )

    def metrics_of(self, round):
        """The estimate of the distance; there are no decisions."""
        if not {"real_logits", "fake_logits"} <= vars(round).keys():
            return {}
        return metrics.critic(round.real_logits, round.fake_logits)


class PenalizedRound(Round):
    """A round with points between data and samples."""

    @quantity
    def epsilon(self):
        """The data's shares in the points, float32 `[batch]`."""
        return self.gan.rows(
            lambda count, seed: wasserstein.draw_epsilon([count], seed),
            self.size,
            # The draws up to k are latents.
            draw=self.gan.discriminator_steps + 1 + self.draw,
        )

    @quantity
    def gradient_norms(self):
        """Of the critic at the points, float32 `[batch]`."""
        # `spatial_first` has second derivatives as well.
        return wasserstein.gradient_norms(
            lambda points: flat(
                self.forward("discriminator", points, differentiated=True)
            ),
            self.shown_real,
            self.shown_fake,
            self.epsilon,
        )


@keras.saving.register_keras_serializable("tfgan_ref")
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
        UserError: `penalty_weight` is negative or not finite, or the
            discriminator has batch normalisation.
    """

    round_class = PenalizedRound

    def __init__(self, *args, penalty_weight=10.0, **kwargs):
        super().__init__(*args, **kwargs)
        if not 0 <= penalty_weight < math.inf:
            raise UserError(
                "`penalty_weight` must be finite and not negative. "
                f"Received: {penalty_weight}"
            )
        checks.examples_alone(
            self.discriminator, "The penalty is of each example's gradient"
        )
        self.penalty_weight = penalty_weight

    def discriminator_cost(self, round):
        """The critic's cost and the penalty."""
        penalty = wasserstein.distance_from_one(
            round.gradient_norms, weight=self.penalty_weight
        )
        return [*super().discriminator_cost(round), penalty]

    def metrics_of(self, round):
        """As `WassersteinGAN`'s, and the mean norm."""
        logs = super().metrics_of(round)
        if "gradient_norms" in vars(round):
            logs["critic/gradient_norm"] = tf.reduce_mean(round.gradient_norms)
        return logs

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"penalty_weight": self.penalty_weight}


@keras.saving.register_keras_serializable("tfgan_ref")
class ClippedGAN(WassersteinGAN):
    """WGAN: the critic's weights are clipped before each of its updates.

    As released, and with the released schedule, see `generator_moves`: some
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
        of_critics_samples = {
            "loss/generator": logs["loss/generator"],
            f"{gradients.PREFIX}generator": gradients.not_taken(),
        }
        return logs | tf.cond(
            generator_moves(self.step.value, self.discriminator_steps),
            lambda: self.on_replicas(self._generators_turn, minibatches[-1]),
            lambda: of_critics_samples,
        )

    def train_step(self, minibatches):
        """The critic's updates of one block, on one replica."""
        critic, _ = self.turns()
        for k, minibatch in enumerate(minibatches):
            wasserstein.clip_weights(self.discriminator, self.clip)
            logs = self.play([critic], minibatch, draw=k)
        cost = tf.reduce_mean(self.generator_loss(logs["logits/fake"]))
        return logs | {"loss/generator": cost}

    def _generators_turn(self, minibatch):
        _, generator = self.turns()
        return self.play([generator], minibatch, self.discriminator_steps)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"clip": self.clip}


def generator_moves(step, critic_updates=5):
    """Whether a block of critic updates ends with one of the generator.

    The released schedule: 100 critic updates before each of the generator's
    first 25 updates and of its updates 500, 1000, ..., counted from 0, and a
    block, there 5, before the others. Deviations: 100 are rounded up to whole
    blocks; and the released loop cuts its turn short where an epoch ends.

    Args:
        step: int, scalar or of any shape, how many blocks there were.
        critic_updates: int >= 1, of a block.

    Returns:
        bool tensor of the same shape.
    """
    step = tf.convert_to_tensor(step, tf.int64)
    blocks = math.ceil(_CRITIC_UPDATES / critic_updates)
    beginning = _FIRST_UPDATES * blocks
    # Of the generator's update 500, and then from one such to the next.
    start = beginning + _EVERY - _FIRST_UPDATES
    period = blocks + _EVERY - 1
    return tf.where(
        step < beginning,
        (step + 1) % blocks == 0,
        (step - start) % period >= blocks - 1,
    )


def generator_updates(blocks, critic_updates=5):
    """How many of the first blocks end with an update of the generator, int.

    Args:
        blocks: int >= 0.
        critic_updates: int >= 1, of a block.
    """
    long = math.ceil(_CRITIC_UPDATES / critic_updates)
    beginning = _FIRST_UPDATES * long
    if blocks <= beginning:
        return blocks // long
    # From then on a period is 500 updates, the first 25 of which were made.
    rest = blocks - beginning + _FIRST_UPDATES
    periods, rest = divmod(rest, long + _EVERY - 1)
    return periods * _EVERY + min(rest, _EVERY)
