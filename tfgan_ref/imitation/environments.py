"""Environments of Gymnasium, the optional extra `control`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from tfgan_ref.errors import UserError, reason

# They differ in the limit alone, whether or not Gymnasium still has the old.
_LIMITED = {"CartPole-v0": ("CartPole-v1", 200)}
# An episode of these is over when the goal is reached.
ENDS_ON_SUCCESS = frozenset({"Acrobot-v1", "MountainCar-v0"})


@dataclasses.dataclass(frozen=True, eq=False)
class Environments:
    """Several of one kind, whose policy acts on all of them at once.

    Attributes:
        name: as it was asked for.
        each: of `gymnasium.Env`.
        size: int, how many numbers an observation has.
        actions: int, how many there are.
        limit: int, steps of an episode at most.
    """

    name: str
    each: Sequence[Any]
    size: int
    actions: int
    limit: int

    @property
    def ends_on_success(self) -> bool:
        """Whether the sooner an episode ends the better it was."""
        return self.name in ENDS_ON_SUCCESS


def make(name: str, count: int) -> Environments:
    """Makes environments.

    Args:
        name: as Gymnasium registers it; CartPole-v0 is CartPole-v1 with 200
            steps at most.
        count: int >= 1, how many.

    Raises:
        UserError: Gymnasium is not installed, does not know the name, or it is
            of an environment without a limit of steps, with other observations
            than `[numbers]` or with actions that are not 0, 1, 2...
    """
    gymnasium = _gymnasium()
    known, limit = _LIMITED.get(name, (name, None))
    try:
        spec = gymnasium.spec(known)
        limit = limit or spec.max_episode_steps
        each = [
            gymnasium.make(
                known, max_episode_steps=limit, disable_env_checker=True
            )
            for _ in range(count)
        ]
    except (gymnasium.error.Error, ImportError) as error:
        raise UserError(
            "An environment that Gymnasium knows was expected, such as "
            f"CartPole-v0 or Acrobot-v1. Received: {name} ({reason(error)})"
        ) from None
    seen, acted = each[0].observation_space, each[0].action_space
    is_discrete = isinstance(acted, gymnasium.spaces.Discrete)
    if not limit or len(seen.shape or ()) != 1 or not is_discrete:
        raise UserError(
            "An environment of observations [numbers], of actions 0, 1, 2... "
            f"and of a limit of steps was expected. Received: {name}, {seen}, "
            f"{acted}, {limit} steps"
        )
    return Environments(name, each, seen.shape[0], int(acted.n), limit)


def _gymnasium():
    """The package, whose import is this module's only one."""
    try:
        import gymnasium
    except ImportError:
        raise UserError(
            "Environments need Gymnasium, the extra `control`: "
            "pip install 'gymnasium>=1.0'"
        ) from None
    return gymnasium
