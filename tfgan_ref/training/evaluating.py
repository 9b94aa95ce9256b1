"""What a run does with an evaluation: writes it, and keeps the best."""

from __future__ import annotations

from keras.callbacks import Callback

from tfgan_ref.training.best import Best
from tfgan_ref.training.callbacks.evaluate import Evaluate
from tfgan_ref.training.callbacks.keep_best import KeepBest


def callbacks(gan, config, workdir, evaluate, writer, before) -> list[Callback]:
    """The callbacks of the chief, in their order; none without `evaluate`.

    Args:
        gan: compiled.
        config: `run.Config`.
        workdir: `WorkDir`.
        evaluate: as for `run.train`.
        writer: `tf.summary.SummaryWriter`.
        before: the records of the run's steps so far, see `records`.
    """
    if evaluate is None:
        return []
    found: list[Callback] = [
        Evaluate(
            config.eval_every,
            config.train_steps,
            evaluate,
            workdir.samples,
            writer,
            most=config.eval_share,
            before=before,
            at=config.eval_at,
        )
    ]
    if config.keep_best is not None:
        best = Best(gan, workdir.best, config.keep_best, config.highest)
        found.append(KeepBest(best, f"eval/{config.keep_best}"))
    return found
