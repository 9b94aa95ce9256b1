"""Several workers are of one run: they agree, or say in what they do not."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import pathlib
import time
import zlib
from collections.abc import Iterator, Mapping

import numpy as np
import tensorflow as tf

from tfgan_ref import cluster, runtime
from tfgan_ref.errors import UserError

# Paths may be others on other machines.
_OWN = {"workdir", "data_dir"}
_MARKER = ".workers"
_SEEN_SECONDS = 10.0  # A network's folder may be late.


def are_there(strategy: tf.distribute.Strategy) -> bool:
    """Whether there are several workers, each a process."""
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def gather(strategy: tf.distribute.Strategy, row: np.ndarray) -> np.ndarray:
    """The rows of all workers, the chief's first.

    Args:
        strategy: of several workers, which all call this.
        row: int64 `[n]`, of as many numbers on each.

    Returns:
        int64 `[workers, n]`.
    """
    rows = strategy.run(lambda: tf.constant(row, tf.int64)[tf.newaxis])
    found = strategy.gather(rows, axis=0).numpy()
    count = len(cluster.of(strategy).addresses)
    return found[:: len(found) // count]


@contextlib.contextmanager
def named(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Names a worker that is gone, of whom TensorFlow tells in many lines.

    Raises:
        UserError: one is.
    """
    try:
        yield
    except tf.errors.OpError as error:
        if lost := gone(strategy, error):
            raise UserError(lost) from error
        raise


def gone(strategy: tf.distribute.Strategy, error: Exception) -> str | None:
    """Who is gone by an error, in words; None where it names nobody."""
    if not are_there(strategy):
        return None
    return cluster.lost(cluster.of(strategy), str(error))


def check(
    strategy: tf.distribute.Strategy,
    folder: pathlib.Path,
    settings: Mapping[str, object],
) -> None:
    """Checks that all workers have the same settings and the same folder.

    Args:
        strategy: any; of one process there is nothing to be checked.
        folder: the run's; the chief's is there.
        settings: JSON values, by name.

    Raises:
        UserError: on all workers: a setting differs, or a worker does not see
            the chief's folder.
    """
    if are_there(strategy):
        _check_settings(strategy, settings)
        _check_folder(strategy, folder)


def _check_settings(strategy, settings):
    names = sorted(settings.keys() - _OWN)
    sizes = gather(strategy, np.array([len(names), _digest(names)]))
    if other := _others(strategy, sizes):
        raise UserError(f"{other} runs another recipe, or another version")
    digests = np.array([_digest(settings[name]) for name in names])
    found = gather(strategy, digests)
    if other := _others(strategy, found):
        differ = (found != found[0]).any(0)
        here = ", ".join(
            f"--{name}={settings[name]}"
            for name in itertools.compress(names, differ)
        )
        raise UserError(
            f"{other} has other flags than the chief. Received here: {here}"
        )


def _check_folder(strategy, folder):
    marker = folder / _MARKER
    is_chief = runtime.is_chief(strategy)
    own = int.from_bytes(os.urandom(7), "little") if is_chief else 0
    if is_chief:
        marker.write_text(str(own))
    try:
        number = gather(strategy, np.array([own]))[0, 0]
        seen = gather(strategy, np.array([_sees(marker, number)]))
    finally:
        if is_chief:
            marker.unlink(missing_ok=True)
    if other := _others(strategy, seen):
        raise UserError(
            f"{other} does not see the chief's folder: all workers must share "
            f"that of `workdir`. Received here: {folder}"
        )


def _sees(marker, number):
    deadline = time.monotonic() + _SEEN_SECONDS
    while True:
        with contextlib.suppress(OSError):  # Not there yet, or not at all.
            if marker.read_text() == str(number):
                return 1
        if time.monotonic() > deadline:
            return 0
        time.sleep(0.1)


def _others(strategy, rows):
    """Which workers differ from the chief, in words; empty if none does."""
    tasks = cluster.of(strategy)
    differ = (rows != rows[0]).any(1)
    return ", ".join(
        tasks.describe(task)
        for task in itertools.compress(sorted(tasks.addresses), differ)
    )


def _digest(value):
    # As JSON gives it back: tuples are lists.
    return zlib.crc32(json.dumps(value, sort_keys=True).encode())
