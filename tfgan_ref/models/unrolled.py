"""Unrolled GAN: the generator looks some of the discriminator's steps ahead.

Reference:
    Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled Generative Adversarial
    Networks, https://arxiv.org/abs/1611.02163
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from tfgan_ref import checks, metrics, optimizer_checks, optimizers, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial, decisions
from tfgan_ref.models import toy
from tfgan_ref.round import flat, regularization

# Below this the root is taken to be constant: its slope at 0 is infinite, and
# times a gradient of 0 it would be no number.
_SMALLEST_SECOND_MOMENT = 1e-30


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
    return _make(
        toy.perceptrons, dimensions, latent_dim, unroll_steps, ema_decay, seed
    )


def build_of_paper(
    dimensions, *, unroll_steps=10, latent_dim=256, ema_decay=0.0, seed=0
):
    """Returns the unrolled GAN of the paper's appendix A.

    With minibatches of 512 and Adam(1e-4, beta_1=0.5) for both, in turn; its
    networks are those of `toy.perceptrons_of_paper`.

    Args:
        dimensions: as of `build`.
        unroll_steps: the same.
        latent_dim: the same.
        ema_decay: the same.
        seed: the same.

    Returns:
        `UnrolledGAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    return _make(
        toy.perceptrons_of_paper,
        dimensions,
        latent_dim,
        unroll_steps,
        ema_decay,
        seed,
    )


def _make(networks, dimensions, latent_dim, unroll_steps, ema_decay, seed):
    checks.positive(dimensions=dimensions, latent_dim=latent_dim)
    keras.utils.set_random_seed(seed)
    return UnrolledGAN(
        *networks(dimensions, latent_dim),
        unroll_steps=unroll_steps,
        prior=priors.Normal(latent_dim),
        ema_decay=ema_decay,
        seed=seed,
        name="unrolled_gan",
    )


@keras.saving.register_keras_serializable("tfgan_ref")
class UnrolledGAN(GAN):
    """A generator that maximises the cost of a discriminator K steps ahead.

    The discriminator moves by an ordinary step of Adam on its cost f (eq. 12),
    the generator up the gradient of f(theta_G, theta_D^K) (eq. 10 and 11),
    where theta_D^K is K such steps ahead on the same minibatch; the gradient
    flows through these steps. They move at once or in turn; K = 0 is the
    minimax game.

    Args:
        generator: as for `GAN`.
        discriminator: as for `GAN`; its statistics, if any, are not moved.
        unroll_steps: int >= 0, K.
        **kwargs: of `GAN`.

    Raises:
        UserError: `unroll_steps` is negative.
    """

    generator_loss = staticmethod(adversarial.minimax_generator_loss)
    simultaneous = True  # Until `compile` says.

    def __init__(self, generator, discriminator, *, unroll_steps, **kwargs):
        super().__init__(generator, discriminator, **kwargs)
        if unroll_steps < 0:
            raise UserError(
                f"`unroll_steps` must not be negative. Received: {unroll_steps}"
            )
        self.unroll_steps = unroll_steps

    def compile(
        self,
        generator_optimizer="adam",
        discriminator_optimizer="adam",
        *,
        generator_loss=None,
        discriminator_steps=1,
        simultaneous=True,
        **kwargs,
    ):
        """As `GAN.compile`, with Adam and one step of each player.

        Raises:
            UserError: the discriminator's optimizer is not plain Adam, it has
                more steps than the generator, or that is given another cost
                than minus the discriminator's.
        """
        with self.distribute_strategy.scope():
            discriminator_optimizer = optimizer_checks.get(
                "discriminator_optimizer", discriminator_optimizer
            )
        _check_adam(discriminator_optimizer)
        if discriminator_steps != 1:
            raise UserError(
                "An unrolled GAN's steps are one of each player. Received: "
                f"discriminator_steps={discriminator_steps}"
            )
        if generator_loss is not None:
            raise UserError(
                "An unrolled GAN's generator maximises the discriminator's "
                f"cost. Received: generator_loss={generator_loss}"
            )
        super().compile(
            generator_optimizer,
            discriminator_optimizer,
            simultaneous=simultaneous,
            **kwargs,
        )

    def play(self, turns, minibatch, draw):
        """One update of those that move, on one replica; see `GAN.play`.

        Raises:
            UserError: a network has losses of its own.
        """
        round = self.round_class(self, minibatch, draw)
        moving = {turn.name for turn in turns}
        variables = self.discriminator.trainable_variables
        now = [tf.convert_to_tensor(variable) for variable in variables]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(now)
            real, fake = round.shown_real, round.shown_fake
            _check_losses("generator", round.losses_of(["generator"]))
            _check_losses("generator", regularization(self.generator))
            seen = []  # The first is of the discriminator as it is.

            def cost(parameters):
                seen.append(self._cost(parameters, real, fake))
                return seen[-1][0]

            with round.noise("ahead"):
                ahead, first = unroll(
                    cost,
                    now,
                    state_of(self.discriminator_optimizer),
                    self.unroll_steps if "generator" in moving else 0,
                    self._over_replicas,
                )
                cost_ahead = cost(ahead)
            share = self.per_replica(-cost_ahead)
        cost_now, real_logits, fake_logits = seen[0]
        logs, found = {}, {}
        if "generator" in moving:
            logs["loss/generator"] = -cost_ahead
            found["generator"] = tape.gradient(
                share, self.generator.trainable_variables
            )
        if "discriminator" in moving:
            logs["loss/discriminator"] = cost_now
            # K = 0: nothing was unrolled.
            first = first or tape.gradient(cost_now, now)
            found["discriminator"] = [self.per_replica(one) for one in first]
        costs = {"now": cost_now, "ahead": cost_ahead}
        logs |= self.update(turns, found, round, costs)
        decides = decisions.of(self.discriminator_loss)
        return logs | metrics.discriminator(real_logits, fake_logits, decides)

    def generator_cost(self, round):
        """Minus the discriminator's: what the generator plays at K = 0."""
        return [-term for term in self.discriminator_cost(round)]

    def step_passes(self):
        """About how much of a step each network is, see `flop.step_flop`.

        An unrolled step is a gradient, 6 passes, that is differentiated in its
        turn for twice as much.
        """
        passes = {"generator": 3, "discriminator": 18 * self.unroll_steps + 7}
        if self.simultaneous:
            return passes
        # In turn, the discriminator has samples and a gradient of its own.
        return {"generator": 4, "discriminator": passes["discriminator"] + 6}

    def _cost(self, parameters, real, fake):
        """The discriminator's cost with these parameters, and its logits."""
        statistics = self.discriminator.non_trainable_variables
        logits = []
        for points in (real, fake):
            outputs, _, losses = self.discriminator.stateless_call(
                parameters,
                statistics,
                points,
                training=True,
                return_losses=True,
            )
            _check_losses("discriminator", losses)
            logits.append(flat(outputs))
        return tf.reduce_mean(self.discriminator_loss(*logits)), *logits

    def _over_replicas(self, gradients):
        if self.replicas == 1:
            return gradients
        context = tf.distribute.get_replica_context()
        return context.all_reduce("MEAN", gradients)

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"unroll_steps": self.unroll_steps}


def _check_losses(name, losses):
    if losses:
        raise UserError(
            "An unrolled GAN's costs hold no losses of layers or regularisers. "
            f"Received: a {name} with {len(losses)}"
        )


def _check_adam(optimizer):
    """Refuses what `adam_step` does not compute."""
    kinds = (keras.optimizers.Adam, optimizers.FusedAdam)
    plain = type(optimizer) in kinds and not optimizer.amsgrad
    extras = ["clipnorm", "clipvalue", "global_clipnorm", "weight_decay"]
    extras += ["gradient_accumulation_steps"]
    given = [name for name in extras if getattr(optimizer, name, None)]
    if not plain or given:
        raise UserError(
            "The discriminator's optimizer must be Adam, whose steps are "
            "unrolled, without amsgrad, clipping, weight decay and "
            f"accumulation. Received: {type(optimizer).__name__}"
            + "".join(f", {name}={getattr(optimizer, name)}" for name in given)
        )


@dataclasses.dataclass(frozen=True)
class AdamState:
    """What Adam knows before a step.

    Attributes:
        moments: float tensors of the parameters' shapes, means of gradients.
        velocities: the same, means of their squares.
        iterations: int scalar, how many steps were made.
        learning_rate: float scalar.
        beta_1: float in [0, 1).
        beta_2: float in [0, 1).
        epsilon: float, outside of the root.
    """

    moments: Sequence[tf.Tensor]
    velocities: Sequence[tf.Tensor]
    iterations: tf.Tensor
    learning_rate: tf.Tensor
    beta_1: float
    beta_2: float
    epsilon: float


def state_of(optimizer) -> AdamState:
    """The state of a built `keras.optimizers.Adam`."""
    return AdamState(
        moments=[variable.value for variable in optimizer._momentums],
        velocities=[variable.value for variable in optimizer._velocities],
        iterations=optimizer.iterations.value,
        learning_rate=tf.convert_to_tensor(optimizer.learning_rate),
        beta_1=optimizer.beta_1,
        beta_2=optimizer.beta_2,
        epsilon=optimizer.epsilon,
    )


def adam_step(parameters, gradients, state: AdamState):
    """One step of Adam, through which gradients flow.

    As Keras computes it (Kingma and Ba 2015, the form at the end of section 2).

    Args:
        parameters: float tensors.
        gradients: of their shapes.
        state: before the step.

    Returns:
        The parameters and the state after it.
    """
    count = state.iterations + 1
    moments, velocities, moved = [], [], []
    for parameter, gradient, m, v in zip(
        parameters, gradients, state.moments, state.velocities, strict=True
    ):
        dtype = parameter.dtype
        time = tf.cast(count, dtype)
        beta_1 = tf.constant(state.beta_1, dtype)
        beta_2 = tf.constant(state.beta_2, dtype)
        m = beta_1 * m + (1.0 - beta_1) * gradient
        v = beta_2 * v + (1.0 - beta_2) * tf.square(gradient)
        rate = tf.cast(state.learning_rate, dtype)
        rate *= tf.sqrt(1.0 - beta_2**time) / (1.0 - beta_1**time)
        root = tf.sqrt(tf.maximum(v, _SMALLEST_SECOND_MOMENT))
        moved.append(parameter - rate * m / (root + state.epsilon))
        moments.append(m)
        velocities.append(v)
    return moved, dataclasses.replace(
        state, moments=moments, velocities=velocities, iterations=count
    )


def unroll(
    cost: Callable,
    parameters: Sequence[tf.Tensor],
    state: AdamState,
    steps: int,
    over_replicas: Callable = lambda gradients: gradients,
):
    """theta^0 ... theta^K, eq. (7) with Adam for gradient descent.

    Args:
        cost: function of the parameters -> scalar, the player's own cost.
        parameters: theta^0, float tensors.
        state: of Adam.
        steps: int >= 0, K.
        over_replicas: function of gradients -> gradients, their mean over the
            replicas of `tf.distribute`.

    Returns:
        theta^K, and the gradients at theta^0 on this replica, [] if K = 0.
    """
    first: list[tf.Tensor] = []
    for step in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(parameters)
            value = cost(parameters)
        gradients = tape.gradient(value, parameters)
        if step == 0:
            first = gradients
        parameters, state = adam_step(
            parameters, over_replicas(gradients), state
        )
    return parameters, first
