"""Trust region policy optimisation, of any reward.

References:
    Schulman, Levine, Moritz, Jordan, Abbeel (2015), Trust Region Policy
    Optimization, https://arxiv.org/abs/1502.05477
    Schulman, Moritz, Levine, Jordan, Abbeel (2016), High-Dimensional
    Continuous Control Using Generalized Advantage Estimation,
    https://arxiv.org/abs/1506.02438
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_ref.imitation import networks
from tfgan_ref.imitation.environments import Environments
from tfgan_ref.imitation.episodes import advantages, discounted
from tfgan_ref.imitation.learners import Learner
from tfgan_ref.imitation.natural_step import NaturalStep


class Expert(Learner):
    """TRPO on the environment's own reward, as released for GAIL.

    The policy's step bounds KL(before || after) by .01, that of the value, on
    discounted sums of rewards, the mean square of what it changes. Advantages
    are standardised, and so are observations and values, by all that was seen.

    Args:
        environments: as for `Learner`.
        pairs: int, of an observation and an action, at least, of each step.
        discount: float in [0, 1], gamma.
        decay: float in [0, 1], lambda.
        **kwargs: of `Learner`.
    """

    def __init__(
        self,
        environments: Environments,
        *,
        pairs=5000,
        discount=0.995,
        decay=0.97,
        units=100,
        **kwargs,
    ):
        super().__init__(environments, units=units, **kwargs)
        self.pairs, self.discount, self.decay = pairs, discount, decay
        self.value = networks.perceptron(
            "value", environments.size, 1, units, timed=True
        )
        self.scale = networks.Standardization(name="scale")
        self.scale.build([None, 1])
        self._values = tf.function(
            lambda seen, times: self.value([seen, times])[:, 0],
            reduce_retracing=True,
        )
        self._policy_step = NaturalStep(
            self.policy.trainable_variables, self._policy_measure
        )
        self._value_step = NaturalStep(
            self.value.trainable_variables, self._value_measure
        )

    def iterate(self) -> dict[str, float]:
        """Plays, moves the policy, the judge if there is one, and the value."""
        if not self.step.numpy():
            self.begin()
        episodes = self.play(pairs=self.pairs)
        logs = {
            "return": float(episodes.returns.mean()),
            "length": float(episodes.lengths.mean()),
            **self._move_policy(episodes),
            **self.judge(episodes),
            **self._move_value(episodes),
        }
        self.step.assign_add(1)
        return logs

    def begin(self):
        """Standardises by observations of the first policy."""
        self._standardize(self.play(pairs=self.pairs).observations)

    def rewards(self, episodes):
        """float `[pairs]`, of what was done."""
        return episodes.rewards

    def judge(self, episodes) -> dict[str, float]:
        """What is done between the two steps; metrics."""
        return {}

    def _standardize(self, observations):
        for network in (self.policy, self.value):
            network.get_layer("standardization").update(observations)

    def _move_policy(self, episodes):
        seen = tf.constant(episodes.observations)
        values = self._expected(episodes)
        gains = advantages(
            episodes, self.rewards(episodes), values, self.discount, self.decay
        )
        gains = (gains - gains.mean()) / (gains.std() + 1e-8)
        before = self._act(seen)
        rows = (seen, episodes.actions, np.float32(gains), before)
        logs = self._policy_step(tensors(rows), self._rng(1))
        surprise = -tf.reduce_sum(tf.exp(before) * before, -1)
        self.policy.get_layer("standardization").update(episodes.observations)
        return {
            "entropy": float(tf.reduce_mean(surprise)),
            "divergence/policy": logs["divergence"],
        }

    def _move_value(self, episodes):
        """On the rewards as they are now."""
        returns = discounted(episodes, self.rewards(episodes), self.discount)
        self.value.get_layer("standardization").update(episodes.observations)
        self.scale.update(returns[:, np.newaxis])
        wanted = self.scale(np.float32(returns[:, np.newaxis]))[:, 0]
        times = self._times(episodes)
        before = self._values(tf.constant(episodes.observations), times)
        rows = (episodes.observations, times, wanted, before)
        logs = self._value_step(tensors(rows), self._rng(2))
        return {"loss/value": logs["cost"]}

    def _expected(self, episodes):
        """float32 `[pairs]`, what the value says of the sums of rewards."""
        found = self._values(
            tf.constant(episodes.observations), self._times(episodes)
        )
        return self.scale.inverse(found[:, tf.newaxis])[:, 0].numpy()

    def _times(self, episodes):
        share = episodes.times[:, np.newaxis] / self.environments.limit
        return tf.constant(np.float32(share))

    def _policy_measure(self, seen, actions, gains, before):
        now = tf.nn.log_softmax(self.policy(seen))
        ratio = tf.exp(
            tf.gather(now, actions, batch_dims=1)
            - tf.gather(before, actions, batch_dims=1)
        )
        divergence = tf.reduce_sum(tf.exp(before) * (before - now), -1)
        return -tf.reduce_mean(ratio * gains), tf.reduce_mean(divergence)

    def _value_measure(self, seen, times, wanted, before):
        now = self.value([seen, times])[:, 0]
        return (
            tf.reduce_mean(tf.square(now - wanted)),
            tf.reduce_mean(tf.square(now - before)),
        )


def tensors(rows):
    """A tuple of tensors of arrays, whose sizes a graph need not know."""
    return tuple(map(tf.convert_to_tensor, rows))
