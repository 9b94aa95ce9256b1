"""Section 5.6: a GAN as an actor-critic, in an environment of one step.

The actor's action is a sample. The environment tosses a coin and shows the
action or an example of the data, and pays 1 for data and 0 for an action. The
critic expects the reward of what is shown.
"""

import numpy as np
import tensorflow as tf

from tfgan_ref.losses import adversarial
from tools.dev.tutorial.numbers import number
from tools.dev.tutorial.row import Row

_TESTS = "tests/claims/actor_critic_test.py::"
ROWS = (
    Row(
        "5.6",
        "Pfau and Vinyals (2016)",
        "A GAN is an actor-critic in an environment of one step, which shows "
        "the action or an example of the data by a coin, and pays 1 for data. "
        "What the critic expects in the end is D* = p / (p + q). The reward "
        "says nothing to the actor: its gradient is 0. It learns by the "
        "critic's",
        (
            "tfgan_ref/losses/adversarial.py::minimax_discriminator_loss",
            "tfgan_ref/losses/adversarial.py::non_saturating_generator_loss",
        ),
        (
            _TESTS + "test_what_the_critic_expects_is_the_best_discriminator",
            _TESTS + "test_the_reward_says_nothing_and_the_critic_does",
        ),
    ),
)
DATA = np.array([0.4, 0.3, 0.2, 0.1, 0.0])
POLICY = np.array([0.1, 0.2, 0.05, 0.4, 0.25])
_UPDATES = 400
_RATE = 0.5


class Coin:
    """The environment.

    Args:
        data: float `[points]`, probabilities.
        rng: of the coin and of the data.
    """

    def __init__(self, data, rng):
        self._data, self._rng = data, rng

    def step(self, actions):
        """What is shown, int `[n]`, and the rewards, float `[n]`.

        Args:
            actions: int `[n]`.
        """
        is_data = self._rng.random(len(actions)) < 0.5
        examples = self._rng.choice(len(self._data), len(actions), p=self._data)
        return np.where(is_data, examples, actions), is_data.astype(np.float64)


def compute(plays=200_000, seed=0):
    """What critics expect, and what actors learn of it.

    Args:
        plays: int, steps of the environment.
        seed: int, of them.
    """
    best = DATA / (DATA + POLICY)
    expected = fixed_point(DATA, POLICY)
    rng = np.random.default_rng(seed)
    actions = rng.choice(len(POLICY), plays, p=POLICY)
    shown, rewards = Coin(DATA, rng).step(actions)
    played = np.bincount(shown, rewards) / np.bincount(shown)
    return {
        "numbers": {
            "expected": number(
                "largest |critic - D*|, of updates by their expectation",
                abs(expected - best).max(),
                0.0,
            ),
            "played": number(
                f"of {plays:,} plays", abs(played - best).max(), 0.0
            ),
            "reward": number(
                "the actor's gradient by the reward, its norm",
                np.linalg.norm(gradient_of_reward(DATA, POLICY)),
                0.0,
            ),
            "critic": number(
                "by the critic, of the non-saturating game",
                np.linalg.norm(gradient_of_critic(best, POLICY)),
            ),
        }
    }


def fixed_point(data, policy):
    """Where expected updates to the reward lead the critic, float64.

    Args:
        data: float64 `[points]`, probabilities.
        policy: the same.
    """
    values = np.full(len(data), 0.5)
    shown = (data + policy) / 2
    for _ in range(_UPDATES):
        # By (reward - value) of what is shown: 1 of data, 0 of actions.
        surprise = data / 2 * (1 - values) + policy / 2 * (0 - values)
        values += _RATE * surprise / shown
    return values


def gradient_of_reward(data, policy):
    """E[reward grad log policy] by the policy's logits, `[points]`.

    Args:
        data: float64 `[points]`, probabilities.
        policy: the same.
    """
    total = np.zeros(len(policy))
    for action, chosen in enumerate(policy):
        score = np.eye(len(policy))[action] - policy
        for example in data:
            total += chosen * 0.5 * example * 1.0 * score  # The example.
        total += chosen * 0.5 * 0.0 * score  # The action.
    return total


def gradient_of_critic(values, policy):
    """By the policy's logits, of E[-log D], `[points]`.

    Args:
        values: float64 `[points]`, the critic's, in (0, 1).
        policy: float64 `[points]`, softmax of the logits.
    """
    values = np.clip(values, 1e-6, 1 - 1e-6)
    costs = tf.constant(np.log(values / (1 - values)))
    costs = adversarial.non_saturating_generator_loss(costs)
    actor = tf.constant(np.log(policy), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(actor)
        cost = tf.reduce_sum(tf.nn.softmax(actor) * costs)
    return tape.gradient(cost, actor).numpy()
