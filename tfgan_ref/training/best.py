"""The checkpoint with a run's best score, apart from the newest ones."""

from __future__ import annotations

import math
import pathlib

import tensorflow as tf

from tfgan_ref import documents
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.inputs import MissingFile
from tfgan_ref.outputs import write_json
from tfgan_ref.training import checkpoints

_SCHEMA = {"metric": str, "value": float, "step": documents.COUNT}
_HINT = "move the folder away, and the best from now on is kept"


def check(gan: GAN, folder: pathlib.Path, metric: str | None) -> None:
    """Checks that the best checkpoint by a metric can be kept.

    Args:
        gan: the compiled GAN.
        folder: where it is to be.
        metric: the score's name; None: nothing is to be kept.

    Raises:
        UserError: the best by another metric is there, best.json is damaged,
            or there are several workers, who would all have to save.
    """
    if metric is None:
        return
    if isinstance(
        gan.distribute_strategy, tf.distribute.MultiWorkerMirroredStrategy
    ):
        raise UserError(
            "The best checkpoint is kept where there is one worker. Received: "
            f"several, keep_best={metric}"
        )
    kept = read(folder)
    if kept and kept["metric"] != metric:
        raise UserError(
            f"{folder} has the best checkpoint by {kept['metric']}. "
            f"Received: {metric}: {_HINT}"
        )


class Best:
    """Keeps one checkpoint, that of the best score so far.

    Beside it, best.json says which score that is. It is written after the
    checkpoint and before the one of before is removed: whenever the process
    ends, the checkpoint that it names is there.

    Args:
        gan: the compiled GAN.
        folder: of the checkpoint, see `check`.
        metric: the score's name.
        highest: whether the highest score is the best, else the lowest.
    """

    def __init__(
        self, gan: GAN, folder: pathlib.Path, metric: str, highest: bool
    ):
        self._folder = folder
        self._metric = metric
        self._sign = 1.0 if highest else -1.0
        self._checkpoints = checkpoints.Checkpoints(gan, folder, keep=1)
        self._best = -math.inf
        kept = read(folder)
        if kept and kept["step"] in checkpoints.steps(folder):
            self._best = self._sign * kept["value"]
            self._checkpoints.keep_only(kept["step"])

    def offer(self, step: int, value: float) -> None:
        """Keeps the current step, if it is better than the best so far.

        Args:
            step: int, the GAN's.
            value: its score; NaN is never better.

        Raises:
            UserError: as of `Checkpoints.save`.
        """
        if not self._sign * value > self._best:
            return
        self._checkpoints.save(remove_old=False)
        content = {"metric": self._metric, "value": value, "step": step}
        write_json(_record_path(self._folder), content)
        self._checkpoints.keep_only(step)
        self._best = self._sign * value


def read(folder: pathlib.Path) -> dict | None:
    """What is said of the best checkpoint, None if there is none.

    Args:
        folder: of the checkpoint.

    Returns:
        dict of `metric`, `value` and `step`.

    Raises:
        UserError: best.json is damaged.
    """
    try:
        return documents.read(_record_path(folder), _SCHEMA, _HINT)
    except MissingFile:
        return None


def _record_path(folder):
    return folder / "best.json"
