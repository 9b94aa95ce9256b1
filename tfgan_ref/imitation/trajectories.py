"""What experts did, as a file of JSON: pairs of an observation and an action.

    {"environment": "CartPole-v0", "every": 10, "trajectories": [
        {"return": 200.0, "observations": [[0.1, ...], ...],
         "actions": [0, ...]},
        ...]}

Of an expert's episode a file has each `every`-th pair, the first of which is
drawn, and the sum of all rewards.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
from typing import Any

import numpy as np

from tfgan_ref import documents
from tfgan_ref.errors import UserError
from tfgan_ref.imitation.environments import Environments
from tfgan_ref.imitation.episodes import Episodes
from tfgan_ref.outputs import write_text

_SCHEMA = {
    "environment": str,
    "every": documents.COUNT,
    "trajectories": [
        {
            "return": float,
            "observations": [[float, ...], ...],
            "actions": [documents.COUNT, ...],
        },
        ...,
    ],
}
_DIGITS = 7  # Of a float32 that is written.


@dataclasses.dataclass(frozen=True, eq=False)
class Trajectories:
    """Pairs of some trajectories of experts.

    Attributes:
        observations: float32 `[pairs, size]`.
        actions: int32 `[pairs]`.
        returns: float64 `[trajectories]`, of the whole episodes.
    """

    observations: np.ndarray
    actions: np.ndarray
    returns: np.ndarray


def recorded(environment: str) -> pathlib.Path:
    """Where the project's own file of an environment is, or would be."""
    name = environment.lower().replace("-", "_").replace("/", "_")
    return pathlib.Path(__file__).parent / "experts" / f"{name}.json"


def read(
    path: str | os.PathLike, environments: Environments, count: int
) -> Trajectories:
    """The first trajectories of a file.

    Args:
        path: of the file.
        environments: whose they should be.
        count: int >= 1, how many.

    Raises:
        UserError: the file cannot be read, is damaged, has trajectories of
            another environment, or fewer of them.
    """
    content = documents.read(path, _SCHEMA)
    if content["environment"] != environments.name:
        raise UserError(
            f"{path} has trajectories of {content['environment']}; those of "
            f"{environments.name} were expected"
        )
    chosen = content["trajectories"][:count]
    if len(chosen) < count:
        raise UserError(
            f"{path} has {len(chosen)} trajectories. Received: {count} of them"
        )
    for number, one in enumerate(chosen):
        _check(path, number, one, environments)
    return Trajectories(
        np.array(
            [x for one in chosen for x in one["observations"]], np.float32
        ),
        np.array([x for one in chosen for x in one["actions"]], np.int32),
        np.array([one["return"] for one in chosen], np.float64),
    )


def write(
    path: pathlib.Path,
    environment: str,
    episodes: Episodes,
    every: int,
    rng: np.random.Generator,
) -> None:
    """Writes episodes of an expert as a file.

    Args:
        path: of the file.
        environment: its name.
        episodes: the expert's.
        every: int >= 1, one pair of so many is kept.
        rng: of the first pair of each.

    Raises:
        UserError: it cannot be written.
    """
    seen = episodes.split(episodes.observations)
    done = episodes.split(episodes.actions)
    lines = []
    for states, actions, whole in zip(
        seen, done, episodes.returns, strict=True
    ):
        # A short episode has its first pair at least.
        kept = slice(int(rng.integers(min(every, len(actions)))), None, every)
        one: dict[str, Any] = {
            "return": float(whole),
            "observations": [
                [_rounded(x) for x in row] for row in states[kept]
            ],
            "actions": actions[kept].tolist(),
        }
        lines.append(json.dumps(one))
    head = json.dumps({"environment": environment, "every": every})
    body = ",\n".join(lines)
    write_text(path, f'{head[:-1]}, "trajectories": [\n{body}\n]}}\n')


def _rounded(number):
    return float(f"{number:.{_DIGITS}g}")


def _check(path, number, one, environments):
    """Holds one trajectory to the environment."""
    states, actions = one["observations"], one["actions"]
    sizes = {len(row) for row in states}
    expected = {environments.size}, len(states)
    received = sizes, len(actions)
    if received != expected or max(actions) >= environments.actions:
        raise UserError(
            f"{path} is damaged: of trajectory {number} as many observations "
            f"of {environments.size} numbers as actions below "
            f"{environments.actions} were expected. Received: {len(states)} of "
            f"{sorted(sizes)}, {len(actions)} up to {max(actions)}"
        )
