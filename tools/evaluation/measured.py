"""Models measured: an export, or the checkpoints of a run."""

from __future__ import annotations

import dataclasses
import pathlib
import time
from collections.abc import Iterator
from typing import Literal

from absl import logging

from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import measuring
from tfgan_ref.evaluation.scores import Score
from tfgan_ref.training import best, checkpoints
from tfgan_ref.training.workdir import WorkDir
from tools.evaluation import drawn


@dataclasses.dataclass(frozen=True)
class Measured:
    """The scores of one model at one step.

    Attributes:
        model: as it was named.
        step: of the weights; None where the model does not tell.
        averaged: whether they are averaged ones; None as above.
        is_best: whether the run keeps them as its best.
        scores: by name, see `measuring.measure`.
        seconds: wall time of drawing and measuring.
    """

    model: str
    step: int | None
    averaged: bool | None
    is_best: bool
    scores: dict[str, Score]
    seconds: float


def measure(
    name: str, judge: measuring.Judge, classes: int, flags
) -> Iterator[Measured]:
    """Measures a model; of a workdir every checkpoint that is there, in order.

    A damaged checkpoint is named in a warning and passed over.

    Args:
        name: of an export or a workdir.
        judge: of the real images.
        classes: how many the data have, where the model does not tell.
        flags: `checkpoint`, `ema`, `count`, `seed`, `batch_size` and `prior`.

    Raises:
        UserError: it cannot be loaded or measured.
    """
    for model, is_best in _models(name, flags):
        begin = time.perf_counter()
        fake = drawn.source(
            model,
            flags.count,
            seed=flags.seed,
            classes=classes,
            batch_size=flags.batch_size,
            prior=flags.prior,
        )
        scores = judge.measure(fake)
        card, seconds = model.card, time.perf_counter() - begin
        step, averaged = card.get("step"), card.get("averaged")
        yield Measured(name, step, averaged, is_best, scores, seconds)


def _models(name, flags) -> Iterator[tuple[inference.Model, bool]]:
    """Pairs of a model and whether it is the best of its run."""
    workdir = WorkDir(pathlib.Path(name).expanduser())
    steps = checkpoints.steps(workdir.checkpoints)
    chosen = flags.checkpoint is not None
    if not workdir.config.exists() or chosen or not steps:
        # An export, or there is nothing to choose from.
        model = inference.load(
            name, checkpoint=flags.checkpoint, averaged=flags.ema
        )
        yield model, flags.checkpoint == "best"
        return
    kept = best.read(workdir.best)
    best_step: int | None = kept["step"] if kept else None
    places: dict[int, int | Literal["best"]] = {step: step for step in steps}
    if best_step is not None:
        places.setdefault(best_step, "best")
    loaded = 0
    for step, place in sorted(places.items()):
        try:
            model = inference.load(name, checkpoint=place, averaged=flags.ema)
        except UserError as error:
            # Where no other is left, it is the end.
            if step == max(places) and not loaded:
                raise
            logging.warning("%s; passed over", error)
            continue
        loaded += 1
        yield model, step == best_step
