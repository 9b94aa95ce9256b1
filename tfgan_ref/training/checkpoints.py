"""Checkpoints of everything that a run needs to go on as if never stopped."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import tempfile

import keras
import tensorflow as tf
from absl import logging

from tfgan_ref import checks, inputs
from tfgan_ref.errors import UserError, reason
from tfgan_ref.gan import GAN
from tfgan_ref.literal_path import literal
from tfgan_ref.outputs import write_text


class Checkpoints:
    """Rotating `tf.train.Checkpoint`s of a compiled GAN, named by its step.

    A checkpoint holds both networks, both optimizers, the average, the step
    and where Keras's own layers of noise and dropout are in their draws.
    TensorFlow writes it under a temporary name and renames it.

    Args:
        gan: the compiled GAN.
        folder: where they are kept.
        keep: int >= 1, how many.
        is_chief: whether this process writes them; saving is a collective
            operation, so the other workers write theirs to a temporary folder.
    """

    def __init__(
        self,
        gan: GAN,
        folder: pathlib.Path,
        *,
        keep: int = 3,
        is_chief: bool = True,
    ):
        self._gan = gan
        self._folder = folder
        self._keep = keep
        networks = getattr(gan, "networks", {})  # A policy's draw nothing.
        states = [
            state
            for network in networks.values()
            for state in checks.states_of_draws(network)
        ]
        draws = {"draws": states} if states else {}
        self._checkpoint = tf.train.Checkpoint(gan=gan, **draws)
        self._checkpoint.save_counter  # noqa: B018  Made: it is in the files.
        self._scratch = None if is_chief else tempfile.TemporaryDirectory()
        self._written = self._scratch.name if self._scratch else str(folder)
        self.last_step = 0
        if is_chief:
            _remove_folders(folder, "ckpt-*_temp")

    def steps(self) -> list[int]:
        """Steps of the checkpoints on disk, in order."""
        return steps(self._folder)

    def restore(self) -> int:
        """Restores the newest checkpoint that is whole, see `restore`."""
        self.last_step = restore(self._checkpoint, self._folder)
        return self.last_step

    def save(self, *, remove_old: bool = True) -> None:
        """Saves the current step, and removes what is too old.

        Args:
            remove_old: whether it does; else all that is there stays.

        Raises:
            UserError: the weights, or what an optimizer keeps of them, are not
                finite, or the disk is full or cannot be written; the
                checkpoints before it are untouched.
        """
        step = int(self._gan.step.numpy())
        if step == self.last_step:
            return
        if name := _not_finite(self._gan):
            raise UserError(
                f"{name} is not finite at step {step}: not saved. "
                + self.describe_last()
            )
        try:
            os.makedirs(self._written, exist_ok=True)
            self._checkpoint.write(_prefix(literal(self._written), step))
            if remove_old:
                self._remove_old(step)
        except (OSError, tf.errors.OpError) as error:
            self._remove_unfinished(step)
            raise UserError(
                f"Cannot write {self._prefix(step)}: {reason(error)}. "
                + self.describe_last()
            ) from None
        self.last_step = step

    def _remove_old(self, now):
        """Leaves the newest so many up to this step.

        And writes which they are for TensorFlow's tools. Its own
        `CheckpointManager` would delete what that file names, wherever it is.
        """
        folder = pathlib.Path(self._written)
        # One beyond, damaged, was passed over; its time will come.
        mine = [step for step in steps(folder) if step <= now]
        for step in mine[: -self._keep]:
            _remove(folder, step)
        _write_state(folder, now, mine[-self._keep :])

    def keep_only(self, kept: int | None) -> None:
        """Removes all but the checkpoint of a step; None: all of them."""
        folder = pathlib.Path(self._written)
        for step in steps(folder):
            if step != kept:
                _remove(folder, step)
        if kept is not None:
            _write_state(folder, kept, [kept])

    def describe_last(self) -> str:
        """One sentence: from where the run can go on."""
        if not self.last_step:
            return "There is no checkpoint yet"
        return f"The last good checkpoint is {self._prefix(self.last_step)}"

    def _prefix(self, step: int) -> str:
        return _prefix(self._folder, step)

    def _remove_unfinished(self, step: int) -> None:
        _remove(self._folder, step)
        _remove_folders(self._folder, f"ckpt-{step}_temp")


def _write_state(folder, newest, kept):
    """Writes which checkpoints there are."""
    lines = [f'model_checkpoint_path: "ckpt-{newest}"']
    for step in kept:
        lines.append(f'all_model_checkpoint_paths: "ckpt-{step}"')
    write_text(folder / "checkpoint", "\n".join(lines) + "\n")


def _not_finite(gan):
    """What to call the first variable that holds NaN or infinity, if any."""
    owners = {"": gan}
    for name in sorted(gan.optimizer_names):
        owners[f"{name}'s "] = getattr(gan, name)
    for owner, keeper in owners.items():
        for variable in keeper.variables:
            # The steps are integers.
            if keras.backend.is_float_dtype(variable.dtype):
                if not tf.reduce_all(tf.math.is_finite(variable.value)):
                    return owner + variable.path
    return None


def steps(folder: pathlib.Path) -> list[int]:
    """Steps of the checkpoints on disk, in order."""
    names = (path.name for path in folder.glob("ckpt-*.index"))
    matches = (re.fullmatch(r"ckpt-(\d+)\.index", name) for name in names)
    return sorted(int(match[1]) for match in matches if match)


def restore(
    checkpoint: tf.train.Checkpoint,
    folder: pathlib.Path,
    *,
    step: int | None = None,
    partial: bool = False,
) -> int:
    """Restores the newest checkpoint that is whole.

    A damaged one is named in a warning and passed over.

    Args:
        checkpoint: what is restored.
        folder: where the checkpoints are.
        step: of the one checkpoint to try; None tries all.
        partial: whether the file may hold more than is restored.

    Returns:
        Its step; 0 if there is none.

    Raises:
        UserError: there is no checkpoint at `step`; there are checkpoints, but
            none is whole; or the newest is of another network.
    """
    there = steps(folder)
    if step is not None and step not in there:
        raise UserError(
            f"{folder} has no checkpoint at step {step}. There are: {there}"
        )
    name = literal(folder)
    for candidate in [step] if step is not None else there[::-1]:
        prefix = _prefix(folder, candidate)
        try:
            inputs.check_regular(*folder.glob(f"ckpt-{candidate}.*"))
        except UserError as error:
            logging.warning("%s; trying the checkpoint before", error)
            continue
        try:
            status = checkpoint.restore(_prefix(name, candidate))
            if partial:
                status.expect_partial().assert_existing_objects_matched()
            else:
                status.assert_consumed()
        except (AssertionError, ValueError) as error:
            raise UserError(
                f"{prefix} does not fit this network: {reason(error)}"
            ) from None
        except Exception as error:
            # What TensorFlow raises depends on where the file is cut.
            logging.warning(
                "Checkpoint %s is damaged (%s); trying the one before",
                prefix,
                reason(error),
            )
            continue
        return candidate
    if there:
        raise UserError(
            f"{folder}: none of the checkpoints at steps "
            f"{there if step is None else [step]} is whole"
        )
    return 0


def _prefix(folder, step):
    return os.path.join(folder, f"ckpt-{step}")


def _remove(folder, step):
    """The files of a checkpoint; the one that makes it one first."""
    for path in sorted(folder.glob(f"ckpt-{step}.*"), reverse=True):
        path.unlink(missing_ok=True)


def _remove_folders(folder, pattern):
    """Of saves that did not end."""
    for path in folder.glob(pattern):
        shutil.rmtree(path, ignore_errors=True)
