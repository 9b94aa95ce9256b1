"""Unrolled GAN: the generator looks some of the discriminator's steps ahead.

Reference:
    Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled Generative Adversarial
    Networks, https://arxiv.org/abs/1611.02163
"""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import latents, metrics, unrolling
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial
from tfgan_ref.models import toy

_UNITS = 128
_GAIN = 1.4


def build(dimensions, *, unroll_steps=5, latent_dim=256, ema_decay=0.0, seed=0):
    """Returns the unrolled GAN that was released for a ring of Gaussians.

    With minibatches of 512, 25,000 steps and Adam of beta_1=0.5, 1e-3 for the
    generator and 1e-4 for the discriminator. Both networks have two layers of
    128 tanh; weights are orthogonal with gain 1.4; z ~ N(0, I)^256.

    Args:
        dimensions: int >= 1, of a point.
        unroll_steps: int >= 0, K of eq. (10).
        latent_dim: int >= 1, length of z.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `UnrolledGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    toy.check_sizes(dimensions=dimensions, latent_dim=latent_dim)
    keras.utils.set_random_seed(seed)
    return UnrolledGAN(
        _perceptron("generator", latent_dim, dimensions),
        _perceptron("discriminator", dimensions, None),
        unroll_steps=unroll_steps,
        prior=latents.normal,
        ema_decay=ema_decay,
        seed=seed,
        name="unrolled_gan",
    )


def _perceptron(name, inputs, outputs):
    """`[batch, inputs]` -> `[batch, outputs]`, or logits `[batch]`."""
    x = given = keras.Input((inputs,), name="inputs")
    for _ in range(2):
        x = layers.Dense(_UNITS, "tanh", kernel_initializer=_orthogonal())(x)
    if outputs is None:
        x = toy.logits(x, _orthogonal())
    else:
        x = layers.Dense(outputs, kernel_initializer=_orthogonal())(x)
    return keras.Model(given, x, name=name)


def _orthogonal():
    return keras.initializers.Orthogonal(_GAIN)


class UnrolledGAN(GAN):
    """A generator that maximises the cost of a discriminator K steps ahead.

    Both players move at once: the discriminator by an ordinary step of Adam on
    its cost f (eq. 12), the generator up the gradient of f(theta_G, theta_D^K)
    (eq. 10 and 11), where theta_D^K is K such steps ahead on the same
    minibatch; the gradient flows through these steps. K = 0 is the minimax
    game with simultaneous steps.

    Args:
        generator: as for `GAN`.
        discriminator: as for `GAN`; its statistics, if any, are not moved.
        unroll_steps: int >= 0, K.
        **kwargs: of `GAN`.

    Raises:
        UserError: `unroll_steps` is negative.
    """

    generator_loss = staticmethod(adversarial.minimax_generator_loss)

    def __init__(self, generator, discriminator, *, unroll_steps, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        if unroll_steps < 0:
            raise UserError(
                f"`unroll_steps` must not be negative. Received: {unroll_steps}"
            )
        self.unroll_steps = unroll_steps

    def compile(self, generator_optimizer, discriminator_optimizer, **kwargs):
        """As `GAN.compile`, with Adam and simultaneous steps.

        Raises:
            UserError: the discriminator's optimizer is not Adam, or the steps
                are not simultaneous, one of each.
        """
        if not isinstance(discriminator_optimizer, keras.optimizers.Adam):
            raise UserError(
                "The discriminator's optimizer must be Adam, whose steps are "
                f"unrolled. Received: {type(discriminator_optimizer).__name__}"
            )
        steps = kwargs.get("discriminator_steps", 1)
        simultaneous = kwargs.get("simultaneous", True)
        if not simultaneous or steps != 1:
            raise UserError(
                "An unrolled GAN's steps are simultaneous, one of each player. "
                f"Received: simultaneous={simultaneous}, "
                f"discriminator_steps={steps}"
            )
        super().compile(generator_optimizer, discriminator_optimizer, **kwargs)

    def train_step(self, minibatches):
        """One update of both players, on one replica; see `GAN.train_step`."""
        (real,) = minibatches
        variables = self.discriminator.trainable_variables
        now = [tf.convert_to_tensor(variable) for variable in variables]
        latents = self.latents(keras.ops.shape(real)[0])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(now)
            fake = self.generator(latents, training=True)
            ahead, gradients = unrolling.unroll(
                lambda parameters: self._cost(parameters, real, fake)[0],
                now,
                unrolling.state_of(self.discriminator_optimizer),
                self.unroll_steps,
                self._over_replicas,
            )
            cost, real_logits, fake_logits = self._cost(ahead, real, fake)
            share = self.per_replica(-cost)
        if not gradients:  # K = 0: nothing was unrolled.
            gradients = tape.gradient(cost, now)
        generator_gradients = tape.gradient(
            share, self.generator.trainable_variables
        )
        self._apply_to_discriminator([self.per_replica(g) for g in gradients])
        self._apply_to_generator(generator_gradients)
        return {
            "loss/generator": -cost,
            **metrics.discriminator(cost, real_logits, fake_logits),
        }

    def passes(self):
        """About how much of a step each network is, see `cost.step_flop`.

        An unrolled step is a gradient, 6 passes, that is differentiated in its
        turn for twice as much.
        """
        return 3, 18 * self.unroll_steps + 7

    def _cost(self, parameters, real, fake):
        """The discriminator's cost with these parameters, and its logits."""
        statistics = self.discriminator.non_trainable_variables
        logits = [
            self.discriminator.stateless_call(
                parameters, statistics, points, training=True
            )[0]
            for points in (real, fake)
        ]
        return tf.reduce_mean(self.discriminator_loss(*logits)), *logits

    def _over_replicas(self, gradients):
        if self.distribute_strategy.num_replicas_in_sync == 1:
            return gradients
        context = tf.distribute.get_replica_context()
        return context.all_reduce("MEAN", gradients)
