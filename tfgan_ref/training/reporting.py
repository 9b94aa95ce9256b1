"""What tells how a run goes: records, TensorBoard, samples, findings."""

from __future__ import annotations

import contextlib
import math

import tensorflow as tf

from tfgan_ref import provenance
from tfgan_ref.training import evaluating, records
from tfgan_ref.training.callbacks.data import WriteData
from tfgan_ref.training.callbacks.diagnose import Diagnose
from tfgan_ref.training.callbacks.metrics import LogMetrics
from tfgan_ref.training.callbacks.progress import ProgressBar
from tfgan_ref.training.callbacks.reconstructions import WriteReconstructions
from tfgan_ref.training.callbacks.samples import WriteSamples
from tfgan_ref.training.callbacks.tensorboard import DescribeRun, open_writer


@contextlib.contextmanager
def callbacks(
    gan, data, config, workdir, *, settings, kept, evaluate, pictures, examples
):
    """The callbacks of the chief, in their order, as long as the run lasts.

    Args:
        gan: compiled, at the step from which it goes on.
        data: as for `run.train`, and so are `settings` and `evaluate`.
        config: `run.Config`.
        workdir: `WorkDir`.
        settings: dict.
        kept: what `fixed.of_run` gives.
        evaluate: function or None.
        pictures: arguments `draw`, `count` and `class_names` of `WriteSamples`.
        examples: function without arguments -> minibatches of the data.
    """
    first_step = int(gan.step.numpy())
    images_per_step = config.batch_size * gan.minibatches_per_step
    workdir.record_start(settings, provenance.describe(), first_step, kept)
    before = records.rewind(workdir.metrics, first_step)
    writer = open_writer(workdir.events, first_step)
    bar = ProgressBar(
        config.train_steps, images_per_step, steps_between_looks(config)
    )
    with contextlib.closing(writer), contextlib.closing(bar):
        shown = WriteSamples(
            config.sample_every, workdir.samples, writer, **pictures
        )
        found = [
            DescribeRun(writer, settings or kept, config.train_steps),
            WriteData(workdir.samples, writer, examples, **pictures),
            WriteReconstructions(
                config.sample_every,
                workdir.samples,
                writer,
                getattr(data, "images", None),
            ),
            *evaluating.callbacks(
                gan, config, workdir, evaluate, writer, before
            ),
            shown,
        ]
        if config.diagnose:
            found.append(
                Diagnose(
                    config.log_every,
                    data,
                    shown,
                    writer,
                    batch_size=config.batch_size,
                    train_steps=config.train_steps,
                    records=before,
                )
            )
        yield [
            *found,
            LogMetrics(
                config.log_every,
                workdir.metrics,
                writer,
                images_per_step=images_per_step,
                seconds=records.seconds(before),
            ),
            bar,
        ]


def steps_between_looks(config) -> int:
    """How often losses are read: on a GPU when something is kept."""
    if not tf.config.list_logical_devices("GPU"):
        return 1
    return math.gcd(
        config.log_every, config.sample_every, config.checkpoint_every
    )
