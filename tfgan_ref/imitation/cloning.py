"""Behaviour cloning, beside which GAIL was published."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.imitation.environments import Environments
from tfgan_ref.imitation.learners import Learner
from tfgan_ref.imitation.trajectories import Trajectories

_TRAINED = 0.7  # Of the pairs; the others choose the policy.
_LOOK_EVERY = 100  # Steps.


class Cloning(Learner):
    """Behaviour cloning: the likelihood of the experts' actions.

    As released: steps of Adam(1e-3) on 128 of 70 % of the pairs, drawn with
    repetition. The others say every 100 steps how likely they are: the policy
    of the best such look is the result.

    Args:
        environments: as for `Learner`.
        experts: `Trajectories`.
        batch_size: int >= 1, pairs of a step.
        learning_rate: float.
        **kwargs: of `Learner`.

    Raises:
        UserError: there are fewer than two pairs.
    """

    optimizer_names = ("policy_optimizer",)

    def __init__(
        self,
        environments: Environments,
        experts: Trajectories,
        *,
        batch_size=128,
        learning_rate=1e-3,
        **kwargs,
    ):
        super().__init__(environments, **kwargs)
        self.batch_size = batch_size
        pairs = len(experts.actions)
        trained = int(_TRAINED * pairs)
        if not trained:
            raise UserError(
                "Cloning needs two pairs at least, one to learn and one to "
                f"judge by. Received: {pairs}"
            )
        order = np.random.default_rng(self.seed).permutation(pairs)
        self._trained, self._others = (
            (experts.observations[rows], experts.actions[rows])
            for rows in np.split(order, [trained])
        )
        self.policy.get_layer("standardization").update(experts.observations)
        self.best = keras.models.clone_model(self.policy)
        self.best_cost = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(1e9),
            trainable=False,
            name="best_cost",
        )
        self.policy_optimizer = keras.optimizers.Adam(learning_rate)
        self.policy_optimizer.build(self.policy.trainable_variables)
        self._move = tf.function(self._moved)

    @property
    def actor(self):
        """That of the best look."""
        return self.best

    def iterate(self) -> dict[str, float]:
        """One step of Adam, and a look if it is time."""
        seen, done = self._trained
        some = self._rng().integers(len(done), size=self.batch_size)
        logs = {"loss/policy": float(self._move(seen[some], done[some]))}
        if int(self.step.numpy()) % _LOOK_EVERY == 0:
            cost = float(self._cost(*self._others))
            if cost < float(self.best_cost.numpy()):
                self.best.set_weights(self.policy.get_weights())
                self.best_cost.assign(cost)
        self.step.assign_add(1)
        return logs | {"loss/held_out": float(self.best_cost.numpy())}

    def _moved(self, seen, done):
        with tf.GradientTape() as tape:
            cost = self._cost(seen, done)
        variables = self.policy.trainable_variables
        self.policy_optimizer.apply(tape.gradient(cost, variables), variables)
        return cost

    def _cost(self, seen, done):
        costs = tf.nn.sparse_softmax_cross_entropy_with_logits(
            done, self.policy(seen)
        )
        return tf.reduce_mean(costs)
