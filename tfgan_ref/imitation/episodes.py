"""Episodes: what a policy sees, does and is paid for until the end."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from scipy import signal

from tfgan_ref.imitation.environments import Environments


@dataclasses.dataclass(frozen=True, eq=False)
class Episodes:
    """Whole episodes, one after the other, as they were begun.

    Attributes:
        observations: float32 `[pairs, size]`, before each action.
        actions: int32 `[pairs]`.
        rewards: float64 `[pairs]`, the environment's own.
        lengths: int `[episodes]`, of sum `pairs`.
    """

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    lengths: np.ndarray

    @property
    def times(self) -> np.ndarray:
        """float32 `[pairs]`, from 0 in each episode."""
        return np.concatenate([np.arange(n) for n in self.lengths]).astype("f4")

    @property
    def returns(self) -> np.ndarray:
        """float64 `[episodes]`, sums of the environment's rewards."""
        return np.array([part.sum() for part in self.split(self.rewards)])

    def split(self, values: np.ndarray) -> list[np.ndarray]:
        """What is `[pairs, ...]`, episode by episode."""
        return np.split(values, np.cumsum(self.lengths)[:-1])


def play(
    environments: Environments,
    policy: Callable[[np.ndarray], np.ndarray],
    rng: np.random.Generator,
    *,
    pairs: int = 0,
    episodes: int = 0,
) -> Episodes:
    """Plays until there is enough; what was begun is brought to its end.

    Hence long episodes are as frequent as they are.

    Args:
        environments: each plays one episode at a time.
        policy: function of observations float32 `[n, size]` -> log
            probabilities of actions `[n, actions]`.
        rng: of the starts and of the actions, which are drawn.
        pairs: int, how many at least.
        episodes: int, how many at least.
    """
    begun: list[_Episode] = []
    running: dict[int, _Episode] = {}
    idle = list(range(len(environments.each)))
    made = 0
    while True:
        while idle and (made < pairs or len(begun) < episodes):
            index = idle.pop(0)
            seed = int(rng.integers(2**31))
            start, _ = environments.each[index].reset(seed=seed)
            begun.append(_Episode(start))
            running[index] = begun[-1]
        if not running:
            return _together(begun)
        seen = np.stack([one.now for one in running.values()])
        chosen = draw(policy(seen), rng)
        made += len(chosen)
        for (index, one), action in zip(
            list(running.items()), chosen, strict=True
        ):
            if one.act(environments.each[index], int(action)):
                del running[index]
                idle.append(index)


def draw(log_probabilities: np.ndarray, rng: np.random.Generator):
    """Actions int `[n]`, drawn by their log probabilities `[n, actions]`."""
    # The last bound, which rounding may leave below 1, is not asked.
    bounds = np.cumsum(np.exp(log_probabilities), -1)[:, :-1]
    return (rng.random((len(bounds), 1)) >= bounds).sum(-1)


def discounted(episodes: Episodes, values, factor: float) -> np.ndarray:
    """sum over k of factor^k value[t + k], to the end of each episode.

    Args:
        episodes: whose pairs they are of.
        values: float `[pairs]`.
        factor: float in [0, 1].

    Returns:
        float64 `[pairs]`.
    """
    return np.concatenate(
        [
            signal.lfilter([1.0], [1.0, -factor], part[::-1])[::-1]
            for part in episodes.split(np.asarray(values, np.float64))
        ]
    )


def advantages(episodes: Episodes, rewards, values, discount, decay):
    """Generalised advantages (Schulman et al. 2016, eq. 16).

    After an episode's end nothing comes, whatever has ended it.

    Args:
        episodes: whose pairs they are of.
        rewards: float `[pairs]`.
        values: float `[pairs]`, what was expected of each observation.
        discount: float in [0, 1], gamma.
        decay: float in [0, 1], lambda.

    Returns:
        float64 `[pairs]`.
    """
    later = [np.append(part[1:], 0.0) for part in episodes.split(values)]
    surprise = rewards + discount * np.concatenate(later) - values
    return discounted(episodes, surprise, discount * decay)


class _Episode:
    """One that is being played."""

    def __init__(self, start):
        self.now = np.float32(start)
        self.seen, self.done, self.paid = [], [], []

    def act(self, environment, action) -> bool:
        """One step; whether it was the last."""
        after, reward, ended, cut, _ = environment.step(action)
        self.seen.append(self.now)
        self.done.append(action)
        self.paid.append(float(reward))
        self.now = np.float32(after)
        return ended or cut


def _together(episodes) -> Episodes:
    def stacked(name, dtype):
        return np.concatenate([getattr(x, name) for x in episodes]).astype(
            dtype
        )

    return Episodes(
        stacked("seen", np.float32),
        stacked("done", np.int32),
        stacked("paid", np.float64),
        np.array([len(one.done) for one in episodes]),
    )
