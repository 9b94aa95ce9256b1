"""What TensorBoard's HParams compares runs by."""

from __future__ import annotations

import re

import tensorflow as tf
from tensorboard.plugins.hparams import api, api_pb2, summary

from tfgan_ref.training.workdir import ABOUT_THE_RUN

# And what it is counted by, what it begins from and what it is computed on.
_NOT_OF_THE_GAME = ABOUT_THE_RUN | {
    "classifier",
    "eval_samples",
    "init_from",
    "jit_compile",
    "steps_per_execution",
    "strategy",
    "test_split",
    "virtual_devices",
}


def of_settings(settings: dict) -> dict[str, bool | int | float | str]:
    """The hyperparameters among a run's settings.

    Args:
        settings: JSON values; those that are lists, dicts or None are left out,
            and of paths their folders.
    """
    return {
        name: _without_folders(value) if isinstance(value, str) else value
        for name, value in settings.items()
        if isinstance(value, (bool, int, float, str))
        and name not in _NOT_OF_THE_GAME
    }


def write_start(settings: dict) -> None:
    """Writes a run's hyperparameters to the current writer.

    The last values of its scalars are its metrics, which TensorBoard finds
    beside them. Of a run that goes on TensorBoard keeps the first.
    """
    # Without a name of its own a trial has that of the run.
    api.hparams(of_settings(settings), trial_id="")


def write_end() -> None:
    """Writes that a run has made all its steps."""
    ended = summary.session_end_pb(api_pb2.STATUS_SUCCESS)
    tf.summary.experimental.write_raw_pb(ended.SerializeToString(), step=0)


def _without_folders(value):
    """`idx:/data/mnist/` -> `idx:mnist`."""
    return re.sub(r"[^:]*/", "", value.rstrip("/"))
