"""Generative adversarial imitation learning.

Reference:
    Ho, Ermon (2016), Generative Adversarial Imitation Learning,
    https://arxiv.org/abs/1606.03476, and the code released with it
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.imitation import networks
from tfgan_ref.imitation.environments import Environments
from tfgan_ref.imitation.expert import Expert, tensors
from tfgan_ref.imitation.trajectories import Trajectories
from tfgan_ref.losses import adversarial, entropy


class GAIL(Expert):
    """TRPO on what a discriminator says, which tells experts from the policy.

    The discriminator gives each action of an observation a logit. It makes one
    step of Adam an iteration, on the tutorial's cost (eq. 8) of as many pairs
    of experts as the policy has made, less .001 of its entropy. The reward is
    minus the generator's cost of the minimax game, -log(1 - D) (eq. 10), or,
    where an episode ends with success, of the non-saturating one, log D (13).

    Args:
        environments: as for `Learner`.
        experts: `Trajectories`.
        learning_rate: float, of the discriminator.
        entropy_weight: float.
        **kwargs: of `Expert`.
    """

    optimizer_names = ("discriminator_optimizer",)

    def __init__(
        self,
        environments: Environments,
        experts: Trajectories,
        *,
        learning_rate=0.01,
        entropy_weight=0.001,
        units=100,
        **kwargs,
    ):
        super().__init__(environments, units=units, **kwargs)
        self.experts, self.entropy_weight = experts, entropy_weight
        self.discriminator = networks.perceptron(
            "discriminator", environments.size, environments.actions, units
        )
        self.discriminator_optimizer = keras.optimizers.Adam(learning_rate)
        self.discriminator_optimizer.build(
            self.discriminator.trainable_variables
        )
        self._logits = tf.function(self._logits_of, reduce_retracing=True)
        self._tell_apart = tf.function(self._told_apart, reduce_retracing=True)

    def begin(self):
        """Standardises by the experts' observations."""
        self._standardize(self.experts.observations)
        self._judged(self.experts.observations)

    def rewards(self, episodes):
        """Minus what the samples cost a generator."""
        pairs = tensors((episodes.observations, episodes.actions))
        cost = (
            adversarial.non_saturating_generator_loss
            if self.environments.ends_on_success
            else adversarial.minimax_generator_loss
        )
        return -cost(self._logits(*pairs)).numpy()

    def judge(self, episodes) -> dict[str, float]:
        """The discriminator's step."""
        count = len(self.experts.actions)
        some = self._rng(3).integers(count, size=len(episodes.actions))
        seen, done = self.experts.observations[some], self.experts.actions[some]
        self._judged(np.concatenate([episodes.observations, seen]))
        pairs = (episodes.observations, episodes.actions, seen, done)
        cost, real, fake = self._tell_apart(*tensors(pairs))
        return {
            "loss/discriminator": float(cost),
            "accuracy/real": float(real),
            "accuracy/fake": float(fake),
        }

    def _judged(self, observations):
        self.discriminator.get_layer("standardization").update(observations)

    def _logits_of(self, seen, actions):
        return tf.gather(self.discriminator(seen), actions, batch_dims=1)

    def _told_apart(self, seen, actions, expert_seen, expert_actions):
        with tf.GradientTape() as tape:
            real = self._logits_of(expert_seen, expert_actions)
            fake = self._logits_of(seen, actions)
            unsure = tf.reduce_mean(_entropy(real) + _entropy(fake))
            cost = tf.reduce_mean(
                adversarial.minimax_discriminator_loss(real, fake)
            )
            cost -= self.entropy_weight * unsure
        variables = self.discriminator.trainable_variables
        self.discriminator_optimizer.apply(
            tape.gradient(cost, variables), variables
        )
        shares = [
            tf.reduce_mean(tf.cast(right, tf.float32))
            for right in (real > 0, fake <= 0)
        ]
        return cost, *shares


def _entropy(logits):
    """Of D = sigmoid(logit), in nats, `[n]`."""
    return entropy.conditional(tf.stack([logits, tf.zeros_like(logits)], -1))
