"""What TensorBoard's HParams compares runs by."""

from __future__ import annotations

import re

import tensorflow as tf
from tensorboard.plugins.hparams import api, api_pb2, summary

# Settings that say where a run is, how it tells of itself and is judged, how
# long it may become, and what it is computed on.
_NOT_OF_THE_GAME = frozenset(
    {
        "checkpoint_every",
        "checkpoints_to_keep",
        "classifier",
        "data_dir",
        "dry_run",
        "eval_count",
        "eval_every",
        "eval_samples",
        "eval_share",
        "export",
        "extractor",
        "init_from",
        "jit_compile",
        "keep_best",
        "log_every",
        "metrics",
        "resume",
        "sample_every",
        "steps_per_execution",
        "strategy",
        "test_split",
        "train_steps",
        "virtual_devices",
        "workdir",
    }
)


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
