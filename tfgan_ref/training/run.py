"""The training run: data, callbacks, resume, fit, export."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import pathlib
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from absl import logging

from tfgan_ref import checks, runtime
from tfgan_ref.data import minibatches
from tfgan_ref.data.protocol import Data
from tfgan_ref.errors import UserError, reason
from tfgan_ref.evaluation.result import Evaluation
from tfgan_ref.gan import GAN
from tfgan_ref.outputs import check_writable, write_json
from tfgan_ref.pictures import draw_images
from tfgan_ref.serving import export
from tfgan_ref.training import (
    best,
    fixed,
    networks,
    records,
    reporting,
    same_data,
    workers,
)
from tfgan_ref.training.callbacks import samples
from tfgan_ref.training.callbacks.checkpoint import SaveCheckpoints
from tfgan_ref.training.callbacks.finite import StopAtNonFinite
from tfgan_ref.training.callbacks.interrupt import StopOnSignal
from tfgan_ref.training.callbacks.norms import MeasureGradients
from tfgan_ref.training.callbacks.on_device import OnDevice
from tfgan_ref.training.callbacks.together import StopTogether
from tfgan_ref.training.checkpoints import Checkpoints
from tfgan_ref.training.workdir import WorkDir


@dataclasses.dataclass(frozen=True)
class Config:
    """How long to train and what to keep.

    Attributes:
        workdir: folder of the run.
        train_steps: generator updates in all, resumed ones included.
        batch_size: examples per minibatch over all replicas.
        seed: of the order of the data.
        log_every: steps between two records of the metrics.
        sample_every: steps between two grids of samples.
        eval_every: steps between two evaluations, if the run has one.
        eval_at: further steps that are evaluated.
        eval_share: in (0, 1], what they may take of the run's time.
        keep_best: score, a name in `eval/`, whose best step stays in
            checkpoints/best/; None: none does.
        highest: whether the highest score is the best, else the lowest.
        checkpoint_every: steps between two checkpoints.
        checkpoints_to_keep: the newest so many stay.
        resume: go on with a run that the workdir holds.
        export: write the generator as a SavedModel at the end.
        diagnose: look for symptoms wherever metrics are logged.
    """

    workdir: str
    train_steps: int
    batch_size: int = 64
    seed: int = 0
    log_every: int = 50
    sample_every: int = 250
    eval_every: int = 1000
    eval_at: tuple[int, ...] = ()
    eval_share: float = 1.0
    keep_best: str | None = None
    highest: bool = False
    checkpoint_every: int = 250
    checkpoints_to_keep: int = 3
    resume: bool = True
    export: bool = False
    diagnose: bool = True


@dataclasses.dataclass(frozen=True)
class Result:
    """How a run ended.

    Attributes:
        step: the last step.
        seconds: wall time of training, over all its starts.
        signal: number of the signal that stopped the run, None if none did.
        samples: PNG of the last grid.
        saved_model: folder of the SavedModel, None without export.
        is_preempted: whether a signal stopped several workers.
    """

    step: int
    seconds: float
    signal: int | None
    samples: pathlib.Path
    saved_model: pathlib.Path | None
    is_preempted: bool = False


def train(
    gan: GAN,
    data: Data,
    config: Config,
    *,
    settings: dict[str, object] | None = None,
    free: frozenset[str] = frozenset(),
    stream: Callable[..., tf.data.Dataset] = minibatches.stream,
    evaluate: Callable[[GAN], Evaluation] | None = None,
    draw: Callable[[np.ndarray], np.ndarray] = draw_images,
    sample_count: int = 64,
) -> Result | None:
    """Trains a compiled GAN, from where its workdir left off.

    One process per workdir; of several workers the chief writes.

    A run is resumed with what it began with, or refused: the networks, costs,
    optimizers and protocol, the data, `batch_size` and `seed`. How long, how
    often and on how many replicas may change, and what changes the result by
    no more than rounding. See `fixed.of_run` for what a run cannot tell.

    Args:
        gan: made and compiled inside its strategy's scope.
        data: the images, or the density of points.
        config: how long, what to keep.
        settings: what else config.json records of the run, such as flags,
            JSON values; a workdir with other settings is refused.
        free: names of what may differ from the run there after all: of
            settings, of `fixed.of_run`, or `gan`.
        stream: makes the minibatches, as `minibatches.stream` does.
        evaluate: function of the GAN, called every so often and at the end.
        draw: function of samples -> picture, see `WriteSamples`.
        sample_count: how many samples a picture shows.

    Returns:
        `Result`; None on a worker that is not the chief.

    Raises:
        UserError: the workdir cannot be used, holds another run or only
            damaged checkpoints; a number does not fit; a loss is not finite;
            the disk is full.
    """
    strategy = gan.distribute_strategy
    is_chief = runtime.is_chief(strategy)
    check(config, gan, data.count)
    if evaluate:
        _check_multiple("`eval_every`", config.eval_every, gan)
        for step in config.eval_at:
            _check_multiple("a step in `eval_at`", step, gan)
    workdir = WorkDir(config.workdir)
    settings = settings or {}
    lock = workdir.lock() if is_chief else contextlib.nullcontext()
    with workers.named(strategy), lock:
        checkpoints = Checkpoints(
            gan,
            workdir.checkpoints,
            keep=config.checkpoints_to_keep,
            is_chief=is_chief,
        )
        workers.check(
            strategy, workdir.path, dataclasses.asdict(config) | settings
        )
        described = networks.describe(gan, data)
        kept = fixed.of_run(gan, data, config.batch_size, config.seed)
        _check_resume(config, workdir, checkpoints)
        same_data.check(workdir, settings, data, free=free)
        fixed.check(workdir, kept, described, free=free)
        best.check(gan, workdir.best, config.keep_best)
        is_begun = is_chief and workdir.config.exists()
        _restore(gan, checkpoints, is_begun)
        signal, result = None, None
        pictures = {
            "draw": draw,
            "count": sample_count,
            "class_names": data.class_names,
        }
        make_dataset = _minibatches(gan, data, config, stream)
        examples = functools.partial(_an_epoch, make_dataset, data, config)
        try:
            if is_chief:
                write_json(workdir.networks, described)
            if checkpoints.last_step < config.train_steps:
                told = (
                    reporting.callbacks(
                        gan,
                        data,
                        config,
                        workdir,
                        settings=settings,
                        kept=kept,
                        evaluate=evaluate,
                        pictures=pictures,
                        examples=examples,
                    )
                    if is_chief
                    else contextlib.nullcontext([])
                )
                if is_chief:
                    # Before hours of training, not after.
                    check_writable(
                        workdir.metrics,
                        workdir.checkpoints / "checkpoint",
                        workdir.samples / "samples",
                        workdir.exports / "export" if config.export else None,
                    )
                dataset = strategy.distribute_datasets_from_function(
                    make_dataset
                )
                measured = MeasureGradients(
                    config.log_every,
                    *([config.eval_every] if evaluate else []),
                    at={config.train_steps, *config.eval_at},
                )
                signal = _fit(gan, dataset, config, checkpoints, told, measured)
            if is_chief:
                result = _finish(gan, config, workdir, described, signal)
        except (OSError, tf.errors.OpError) as error:
            # A full disk under any of the files, a peer that is gone, memory.
            why = workers.gone(strategy, error) or reason(error)
            raise UserError(
                f"Training in {workdir.path} ended: {why}. "
                + checkpoints.describe_last()
            ) from error
        # No worker leaves before the chief is done: the others would take it
        # for a crash.
        strategy.reduce("SUM", strategy.run(lambda: tf.zeros([])), axis=None)
        return result


def check(config: Config, gan: GAN, count: int | None) -> None:
    """Raises `UserError` where the numbers do not fit together.

    Args:
        config: how long to train, what to keep.
        gan: compiled.
        count: size of the data set; None where it has no end.
    """
    minibatches.check_batch_size(config.batch_size, count, gan.replicas)
    for name in (
        "train_steps",
        "log_every",
        "sample_every",
        "eval_every",
        "checkpoint_every",
        "checkpoints_to_keep",
    ):
        value = getattr(config, name)
        checks.positive(**{name: value})
        if name not in ("checkpoints_to_keep", "eval_every"):
            _check_multiple(f"`{name}`", value, gan)


def _check_multiple(what, value, gan):
    if value % gan.steps_per_execution:
        raise UserError(
            f"{what} must be a multiple of "
            f"steps_per_execution={gan.steps_per_execution}. Received: {value}"
        )


def _check_resume(config, workdir, checkpoints):
    steps = checkpoints.steps()
    if steps and not config.resume:
        raise UserError(
            f"{workdir.path} holds a run at step {steps[-1]};"
            " --resume goes on with it, another workdir begins anew"
        )


def _restore(gan, checkpoints, is_begun):
    if step := checkpoints.restore():
        logging.info("Resumed at step %d", step)
        _check_multiple("the checkpoint's step", step, gan)
    elif is_begun:
        logging.warning("The run there has no checkpoint: it begins anew")


def _minibatches(gan, data, config, stream):
    """Function of an input context: the minibatches from the GAN's step on."""
    first = int(gan.step.numpy()) * gan.minibatches_per_step
    return lambda input_context: stream(
        data,
        config.batch_size,
        seed=config.seed,
        first=first,
        input_context=input_context,
    )


def _an_epoch(make_dataset, data, config):
    """Minibatches that show each example once, or for ever where none ends."""
    dataset = make_dataset(tf.distribute.InputContext())
    steps = -(-data.count // config.batch_size) if data.count else -1
    return dataset.take(steps)


def _fit(gan, dataset, config, checkpoints, told, measured):
    """Runs `fit` to the last step; returns the signal that stopped it."""
    strategy = gan.distribute_strategy
    with contextlib.ExitStack() as stack:
        callbacks = [
            StopAtNonFinite(checkpoints, reporting.steps_between_looks(config)),
            measured,
        ]
        stop = stack.enter_context(
            StopTogether(strategy)
            if workers.are_there(strategy)
            else StopOnSignal()
        )
        callbacks.append(stop)
        callbacks += stack.enter_context(told)
        callbacks.append(SaveCheckpoints(config.checkpoint_every, checkpoints))
        gan.fit(
            dataset,
            steps_per_epoch=config.train_steps - int(gan.step.numpy()),
            callbacks=OnDevice(callbacks, add_history=True, model=gan),
            shuffle=False,
            verbose=0,
        )
        return stop.received


def _finish(gan, config, workdir, described, signal):
    step = int(gan.step.numpy())
    saved_model = None
    if config.export and signal is None:
        saved_model = workdir.exports / str(step)
        if not export.is_finished(saved_model):
            export.export_gan(
                gan,
                workdir.exports,
                step,
                class_names=tuple(described["class_names"]),
                card=networks.card(
                    workdir,
                    described,
                    step,
                    averaged=gan.ema_generator is not None,
                ),
            )
    return Result(
        step=step,
        seconds=records.seconds(records.read(workdir.metrics, until=step)),
        signal=signal,
        samples=samples.path_of(workdir.samples, step),
        saved_model=saved_model,
        is_preempted=(
            signal is not None and workers.are_there(gan.distribute_strategy)
        ),
    )
