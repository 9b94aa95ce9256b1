"""What the taxonomy asks of a family: a density, and what a sample costs."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgan_ref.data import minibatches
from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.cells import Cells
from tfgan_ref.models.taxonomy.family import Family

_TIMES = 3  # A batch of samples is timed.


@dataclasses.dataclass(frozen=True, eq=False)
class Task:
    """Examples to learn from, and others to be judged by.

    Attributes:
        name: in a word.
        train: float32 `[count, dimensions]`, points, or bits.
        test: the same.
        cells: of points, as families of bits see them; None of bits.
        draw: function of samples -> uint8 `[columns, side, side, 3]`.
        judge: function of samples -> dict of numbers, such as modes.
        count: int, samples that are drawn at once.
        own_nats: float, the mean log-density of `test` under its own law,
            where that is known.
    """

    name: str
    train: np.ndarray
    test: np.ndarray
    cells: Cells | None
    draw: Callable[[np.ndarray], np.ndarray]
    judge: Callable[[np.ndarray], dict] = lambda samples: {}
    count: int = 1000
    own_nats: float | None = None

    @property
    def dimensions(self) -> int:
        """Of an example."""
        return self.train.shape[1]


@dataclasses.dataclass(frozen=True)
class Row:
    """What was measured of a family.

    Attributes:
        density: of `Family`.
        nats: mean log p(x) of the test examples, or its bound; None without.
        error: its standard error.
        evaluations: of the network, for a sample.
        sample_seconds: of one sample among `Task.count`.
        parameters: how many numbers were learnt.
        train_seconds: wall time, that of compilation in it.
        judged: of `Task.judge`.
    """

    density: str
    nats: float | None
    error: float | None
    evaluations: int
    sample_seconds: float
    parameters: int
    train_seconds: float
    judged: dict


def train(
    model: Family, task: Task, *, steps: int, batch_size: int, seed: int
) -> float:
    """Fits a model; returns the seconds that took.

    Args:
        model: the model.
        task: with `train`.
        steps: int, minibatches in all, or of a GAN steps.
        batch_size: int, at most as many as there are examples.
        seed: int, of their order.
    """
    data = tf.data.Dataset.from_tensor_slices(task.train)
    data = data.shuffle(len(task.train), seed).repeat()
    data = data.batch(batch_size, drop_remainder=True).prefetch(2)
    begin = time.perf_counter()
    model.fit(minibatches.endless(data), steps_per_epoch=steps)
    return time.perf_counter() - begin


def measure(
    model: Family, task: Task, train_seconds: float
) -> tuple[Row, np.ndarray]:
    """Measures a trained model; returns its row and samples.

    Args:
        model: trained.
        task: with `test`.
        train_seconds: of `train`.

    Raises:
        UserError: what it has learnt are no numbers.
    """
    samples = model.sample(task.count, 0)
    nats = model.log_density(task.test)
    for values in (samples, () if nats is None else nats):
        if not np.isfinite(values).all():
            raise UserError(
                f"Training on {task.name} diverged: finite samples and "
                "densities were expected. A lower learning rate helps"
            )
    row = Row(
        model.density if nats is not None else "none",
        None if nats is None else float(nats.mean()),
        None if nats is None else float(nats.std() / math.sqrt(len(nats))),
        model.evaluations,
        _fastest(lambda: model.sample(task.count, 1)) / task.count,
        model.parameters,
        train_seconds,
        task.judge(samples),
    )
    return row, samples


def _fastest(function):
    seconds = []
    for _ in range(_TIMES):
        begin = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - begin)
    return min(seconds)
