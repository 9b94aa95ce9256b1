"""What is played, and what is made of rewards, against sums written out."""

import types

import numpy as np
import pytest

from tfgan_ref.imitation.episodes import (
    Episodes,
    advantages,
    discounted,
    draw,
    play,
)

LENGTHS = np.array([3, 1, 2])
REWARDS = np.array([1.0, -2.0, 0.5, 4.0, 3.0, -1.0])
EPISODES = Episodes(
    np.zeros((6, 2), np.float32), np.zeros(6, np.int32), REWARDS, LENGTHS
)


def test_the_facts_of_episodes():
    np.testing.assert_array_equal(EPISODES.times, [0, 1, 2, 0, 0, 1])
    np.testing.assert_allclose(EPISODES.returns, [-0.5, 4.0, 2.0])


def test_sums_end_with_the_episode():
    expected = [1 - 0.5 * 2 + 0.25 * 0.5, -2 + 0.25, 0.5, 4, 3 - 0.5, -1]
    np.testing.assert_allclose(discounted(EPISODES, REWARDS, 0.5), expected)


@pytest.mark.parametrize("decay", [0.0, 0.7, 1.0])
def test_advantages_are_sums_of_surprises(decay):
    values, discount = np.array([0.3, -1.0, 2.0, 0.7, -0.2, 1.5]), 0.9
    expected = []
    for first, end in ((0, 3), (3, 4), (4, 6)):
        for t in range(first, end):
            expected.append(0.0)
            for k in range(t, end):
                later = values[k + 1] if k + 1 < end else 0.0
                surprise = REWARDS[k] + discount * later - values[k]
                expected[-1] += (discount * decay) ** (k - t) * surprise
    np.testing.assert_allclose(
        advantages(EPISODES, REWARDS, values, discount, decay), expected
    )


def test_actions_are_drawn_by_their_probabilities():
    shares = np.array([0.2, 0.5, 0.3])
    rows = np.log(np.tile(shares, (30_000, 1)))
    chosen = draw(rows, np.random.default_rng(0))
    counts = np.bincount(chosen, minlength=3) / len(chosen)
    np.testing.assert_allclose(counts, shares, atol=0.01)
    sure = np.log(np.array([[1e-30, 1.0, 1e-30], [1e-30, 1e-30, 1.0]]))
    np.testing.assert_array_equal(draw(sure, np.random.default_rng(0)), [1, 2])


class Countdown:
    """Ends after as many steps as its seed says, and pays its action."""

    def reset(self, seed):
        self.left = 2 + seed % 5
        return np.array([self.left, 7.0]), {}

    def step(self, action):
        self.left -= 1
        seen = np.array([self.left, 7.0])
        return seen, float(action), self.left == 1, self.left == 0, {}


def played(**enough):
    kinds = [Countdown() for _ in range(3)]
    asked = []

    def policy(seen):
        asked.append(len(seen))
        # Action 1 where an odd number is left.
        odd = seen[:, :1] % 2
        return np.log(np.concatenate([1 - odd, odd], 1) + 1e-30)

    environments = types.SimpleNamespace(each=kinds)
    rng = np.random.default_rng(9)
    return play(environments, policy, rng, **enough), asked


def test_whole_episodes_are_played_until_there_is_enough():
    found, asked = played(pairs=20)
    assert found.lengths.sum() == len(found.actions) >= 20
    assert max(asked) == 3 and asked[0] == 3
    for seen, done, paid in zip(
        *map(found.split, (found.observations, found.actions, found.rewards)),
        strict=True,
    ):
        # Each from its own start down to 2, after which it is over.
        np.testing.assert_array_equal(
            seen[:, 0], np.arange(len(seen), 0, -1) + 1
        )
        np.testing.assert_array_equal(done, seen[:, 0] % 2)
        np.testing.assert_array_equal(paid, done)
    assert len({*found.lengths}) > 2
    again, _ = played(pairs=20)
    np.testing.assert_array_equal(found.observations, again.observations)


def test_as_many_episodes_as_were_asked_for():
    found, _ = played(episodes=7)
    assert len(found.lengths) == 7
    # In the order of their starts, not of their ends: the first three are
    # those of the first three seeds.
    rng = np.random.default_rng(9)
    starts = [2 + rng.integers(2**31) % 5 for _ in range(3)]
    np.testing.assert_array_equal(found.lengths[:3], np.array(starts) - 1)
    assert starts != sorted(starts)
    assert found.observations.dtype == np.float32
