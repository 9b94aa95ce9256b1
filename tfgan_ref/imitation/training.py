"""One run of a learner: its records, its checkpoints, its end."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import time

import tensorflow as tf
import tqdm
from absl import logging

from tfgan_ref import provenance
from tfgan_ref.errors import UserError, reason
from tfgan_ref.imitation.learners import Learner
from tfgan_ref.outputs import check_writable
from tfgan_ref.training import records
from tfgan_ref.training.callbacks.interrupt import StopOnSignal
from tfgan_ref.training.callbacks.tags import describe
from tfgan_ref.training.callbacks.tensorboard import open_writer
from tfgan_ref.training.checkpoints import Checkpoints
from tfgan_ref.training.run import Config
from tfgan_ref.training.workdir import WorkDir

EPISODES = 50  # Of an evaluation, as published.


@dataclasses.dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        step: the last.
        seconds: wall time of training, over all its starts.
        signal: number of the signal that stopped the run, None if none did.
    """

    step: int
    seconds: float
    signal: int | None


def train(
    learner: Learner,
    config: Config,
    *,
    settings: dict[str, object],
    free: frozenset[str],
) -> Result:
    """Trains a learner, from where its workdir left off.

    Every `log_every` steps metrics are a line of metrics.jsonl and go to
    TensorBoard. The last step's have `eval/return` and its standard deviation
    `eval/return_deviation`, over 50 episodes.

    Args:
        learner: new.
        config: of which `workdir`, `train_steps`, `log_every`, the two of
            checkpoints and `resume` have an effect.
        settings: what config.json records, JSON values; a workdir with others
            is refused.
        free: names of settings that may differ.

    Raises:
        UserError: the workdir cannot be used or holds another run, a number is
            not finite, or the disk is full.
    """
    workdir = WorkDir(config.workdir)
    with workdir.lock():
        checkpoints = Checkpoints(
            learner, workdir.checkpoints, keep=config.checkpoints_to_keep
        )
        if (there := checkpoints.steps()) and not config.resume:
            raise UserError(
                f"{workdir.path} holds a run at step {there[-1]};"
                " --resume goes on with it, another workdir begins anew"
            )
        workdir.check(settings, free=free)
        if step := checkpoints.restore():
            logging.info("Resumed at step %d", step)
        try:
            if step >= config.train_steps:
                _complete(learner, workdir, step)
                return _result(learner, workdir, None)
            check_writable(workdir.metrics, workdir.checkpoints / "checkpoint")
            workdir.record_start(settings, provenance.describe(), step)
            signal = _iterate(learner, config, workdir, checkpoints)
        except (OSError, tf.errors.OpError) as error:
            raise UserError(
                f"Training in {workdir.path} ended: {reason(error)}. "
                + checkpoints.describe_last()
            ) from error
        return _result(learner, workdir, signal)


def _result(learner, workdir, signal):
    step = int(learner.step.numpy())
    told = records.read(workdir.metrics, until=step)
    return Result(step, records.seconds(told), signal)


def _complete(learner, workdir, step):
    """Evaluates a run that was stopped beyond what is now its last step."""
    told = records.read(workdir.metrics, until=step)
    if not told or "eval/return" not in told[-1]:
        seconds = records.seconds(told)
        with contextlib.closing(open_writer(workdir.events, step)) as writer:
            _log(workdir, writer, step, seconds, _returns(learner))


def _returns(learner):
    returns = learner.evaluate(EPISODES).returns
    return {
        "eval/return": float(returns.mean()),
        "eval/return_deviation": float(returns.std()),
    }


def _iterate(learner, config, workdir, checkpoints):
    """Goes to the last step; returns the signal that stopped it, if any."""
    step = int(learner.step.numpy())
    before = records.rewind(workdir.metrics, step)
    begin = time.perf_counter() - records.seconds(before)
    writer = open_writer(workdir.events, step)
    bar = tqdm.tqdm(total=config.train_steps, initial=step, mininterval=5.0)
    with contextlib.closing(writer), bar, StopOnSignal() as stop:
        while step < config.train_steps and stop.received is None:
            logs = learner.iterate()
            _check(logs, step := step + 1, checkpoints)
            is_last = step == config.train_steps
            if is_last:
                logs |= _returns(learner)
            stops = is_last or stop.received is not None
            if stops or step % config.log_every == 0:
                _log(workdir, writer, step, time.perf_counter() - begin, logs)
            if stops or step % config.checkpoint_every == 0:
                checkpoints.save()
            bar.update()
        return stop.received


def _check(logs, step, checkpoints):
    for name, value in logs.items():
        if not math.isfinite(value):
            raise UserError(
                f"{name} is {value} at step {step}: training stopped. "
                f"{checkpoints.describe_last()}"
            )


def _log(workdir, writer, step, seconds, logs):
    record = {"step": step, "seconds": round(seconds, 3), **logs}
    with open(workdir.metrics, "a") as file:
        file.write(json.dumps(record) + "\n")
    with writer.as_default(step):
        for name, value in logs.items():
            tf.summary.scalar(name, value, description=describe(name))
