"""Pfau and Vinyals: a GAN is an actor-critic that is paid nothing."""

import numpy as np
import pytest
import tensorflow as tf

from tools.dev.tutorial import discriminator
from tools.dev.tutorial_claims import actor_critic

BEST = [0.8, 0.6, 0.8, 0.2, 0.0]  # p / (p + q) by hand.


def test_what_the_critic_expects_is_the_best_discriminator():
    data, policy = actor_critic.DATA, actor_critic.POLICY
    np.testing.assert_allclose(
        actor_critic.fixed_point(data, policy), BEST, atol=1e-12
    )
    # The other player's cost is least there as well, where there are data.
    logits = tf.Variable(np.log(np.divide(BEST[:4], 1 - np.array(BEST[:4]))))
    with tf.GradientTape() as tape:
        cost = discriminator.cost(logits, data[:4], policy[:4])
    np.testing.assert_allclose(tape.gradient(cost, logits), 0, atol=1e-7)
    numbers = actor_critic.compute()["numbers"]
    assert numbers["expected"]["measured"] < 1e-12
    assert numbers["played"]["measured"] < 0.01


def test_the_coin_shows_data_or_the_action_and_pays_for_data():
    coin = actor_critic.Coin(
        np.array([0.0, 1.0, 0.0]), np.random.default_rng(0)
    )
    shown, rewards = coin.step(np.full(1000, 2))
    np.testing.assert_array_equal(shown, np.where(rewards == 1, 1, 2))
    assert {*rewards} == {0.0, 1.0}
    assert rewards.mean() == pytest.approx(0.5, abs=0.05)


def test_the_reward_says_nothing_and_the_critic_does():
    data, policy = actor_critic.DATA, actor_critic.POLICY
    by_reward = actor_critic.gradient_of_reward(data, policy)
    np.testing.assert_allclose(by_reward, 0, atol=1e-15)
    # So it is where it is played.
    rng = np.random.default_rng(1)
    actions = rng.choice(5, 100_000, p=policy)
    _, rewards = actor_critic.Coin(data, rng).step(actions)
    played = (np.eye(5)[actions] - policy) * rewards[:, None]
    assert abs(played.mean(0)).max() < 0.01
    by_critic = actor_critic.gradient_of_critic(np.array(BEST), policy)
    cost = -np.log(np.clip(BEST, 1e-6, 1))
    expected = policy * (cost - policy @ cost)
    np.testing.assert_allclose(by_critic, expected, rtol=1e-4)
    # Down it goes to actions that are taken for data.
    assert by_critic[2] < 0 < by_critic[4]
