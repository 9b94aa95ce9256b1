"""Those who learn to act, see expert.py, gail.py and cloning.py.

None of them is a `GAN`: what a policy makes comes out of an environment that
has no gradient, so that its turn is a step of TRPO and none of an optimizer,
and GAIL's judge is given other pairs than a minibatch of data. Of the game they
keep the costs.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.imitation import networks
from tfgan_ref.imitation.environments import Environments
from tfgan_ref.imitation.episodes import Episodes, play

_EVALUATION = 2**32  # Beyond all steps.


class Learner(keras.Model):
    """A policy, and a counter of the steps that it was trained.

    Args:
        environments: it acts in.
        units: int >= 1, of each hidden layer.
        seed: int, of the weights and of all that is drawn.

    Attributes:
        policy: `keras.Model`, observations -> logits of actions.
        step: int64 variable.
        optimizer_names: attributes that are optimizers.
    """

    optimizer_names: tuple[str, ...] = ()

    def __init__(self, environments: Environments, *, units=100, seed=0):
        super().__init__(name=type(self).__name__.lower())
        keras.utils.set_random_seed(seed)
        self.environments = environments
        self.seed = seed
        self.policy = networks.perceptron(
            "policy", environments.size, environments.actions, units
        )
        self.step = self.add_weight(
            shape=(), dtype="int64", trainable=False, name="step"
        )
        self.built = True
        self._act = tf.function(
            lambda seen: tf.nn.log_softmax(self.actor(seen)),
            input_signature=[tf.TensorSpec([None, environments.size])],
        )

    @property
    def actor(self):
        """The policy that is evaluated."""
        return self.policy

    def iterate(self) -> dict[str, float]:
        """One step; returns its metrics."""
        raise NotImplementedError

    def play(self, **enough) -> Episodes:
        """Episodes of the policy, a function of the seed and the step."""
        return play(self.environments, self._policy, self._rng(), **enough)

    def evaluate(self, episodes: int) -> Episodes:
        """So many episodes, which no step has seen."""
        rng = np.random.default_rng([self.seed, _EVALUATION])
        return play(self.environments, self._policy, rng, episodes=episodes)

    def _policy(self, seen):
        return self._act(seen).numpy()

    def _rng(self, draw=0):
        return np.random.default_rng([self.seed, int(self.step.numpy()), draw])
