"""What a run has logged lately, and what thresholds depend on."""

from __future__ import annotations

import collections
import dataclasses
import math

import numpy as np

# Records that a verdict is from. One minibatch is noise; the median of ten is
# passed where six agree.
WINDOW = 10
_KEPT = 64  # Values of each scalar.
# How long a game takes to leave its start is known to nobody but the user, who
# says how long the run is: of its first tenth only divergence is told.
_EARLY = 0.1


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a run is.

    Attributes:
        batch_size: examples per minibatch.
        train_steps: the last step that is intended.
        pixels: numbers in [-1, 1] that an example has; None: no such bounds.
        weights: how many the generator trains; None: unknown.
        in_nats: whether both costs are those of one of the tutorial's games
            without smoothing, so that they bound their own slopes.
    """

    batch_size: int
    train_steps: int
    pixels: int | None = None
    weights: int | None = None
    in_nats: bool = False


def facts_of(config: dict, last_step: int) -> Facts:
    """The facts of a run that config.json tells of.

    Args:
        config: its content; may be of an earlier version, or empty.
        last_step: of the run so far.
    """
    settings = config.get("settings", {})
    fixed = config.get("fixed", {})
    data = fixed.get("data") or settings.get("data")
    shape = data.get("image_shape") if isinstance(data, dict) else None
    steps = settings.get("train_steps")
    batch_size = fixed.get("batch_size", settings.get("batch_size"))
    games = ("minimax", "non_saturating", "maximum_likelihood")
    return Facts(
        batch_size=batch_size if _is_count(batch_size) else 64,
        train_steps=steps if _is_count(steps) else max(last_step, 1),
        pixels=_product(shape),
        in_nats=(
            settings.get("game") in games and settings.get("real_target") == 1
        ),
    )


def _product(shape):
    is_shape = isinstance(shape, list) and all(map(_is_count, shape))
    return math.prod(shape) if is_shape else None


def _is_count(value):
    return type(value) is int and value > 0


class History:
    """The last values of every scalar of a run.

    Args:
        facts: of the run.

    Attributes:
        facts: the same.
        step: of the last record.
    """

    def __init__(self, facts: Facts):
        self.facts = facts
        self.step = 0
        self._values: dict = collections.defaultdict(
            lambda: collections.deque(maxlen=_KEPT)
        )

    def add(self, record: dict) -> None:
        """Takes in a record of metrics.jsonl, `step` among its numbers."""
        self.step = record["step"]
        for name, value in record.items():
            self._values[name].append((self.step, value))

    def names(self, prefix: str) -> list[str]:
        """Of the scalars that begin so."""
        return sorted(name for name in self._values if name.startswith(prefix))

    def last(self, name: str, count: int, early: bool = False) -> np.ndarray:
        """The last values of a scalar.

        Args:
            name: of the scalar.
            count: at most so many.
            early: bool, whether those of the run's first tenth count.

        Returns:
            float64 `[<= count]`, the newest at the end.
        """
        first = 0 if early else _EARLY * self.facts.train_steps
        values = [v for step, v in self._values.get(name, ()) if step >= first]
        return np.array(values[-count:], np.float64)

    def median(self, name: str, count: int = WINDOW) -> float | None:
        """Of the last values; None where there are fewer than that."""
        values = self.last(name, count)
        return float(np.median(values)) if len(values) == count else None
