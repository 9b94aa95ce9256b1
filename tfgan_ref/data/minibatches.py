"""An endless stream of minibatches that is a function of (seed, step).

Images stay where they are, uint8 on the disk or in memory; only a minibatch is
float32. Each epoch is a permutation of its own, and minibatches run across the
border between two epochs, so that every image is seen once per epoch and every
minibatch is full. A run can start anywhere in the stream, and N workers read
disjoint slices of the minibatches that one would.
"""

from __future__ import annotations

import functools

import tensorflow as tf

from tfgan_ref.data import reads
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

_PREFETCHED = 16  # Minibatches of uint8.
_READY = 2  # Of float32, which take four times the memory.


def stream(
    data: Images,
    batch_size: int,
    *,
    seed: int,
    first: int = 0,
    with_labels: bool = False,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Args:
        data: the images.
        batch_size: examples per minibatch over all replicas.
        seed: of the permutations.
        first: index of the first minibatch; those before it are passed over.
        with_labels: also give the labels.
        input_context: which replicas to feed, as given by
            `strategy.distribute_datasets_from_function`; None: the only one.

    Returns:
        `tf.data.Dataset` of float32 `[batch, height, width, channels]` in
        [-1, 1], or of pairs of those and int32 `[batch]`. `batch` is a
        replica's share of `batch_size`; the replicas of a worker take turns.

    Raises:
        UserError: `batch_size` is not in [1, len(data)] or cannot be divided
            by the number of replicas.
    """
    context = input_context or tf.distribute.InputContext()
    replicas = context.num_replicas_in_sync
    check_batch_size(batch_size, len(data), replicas)

    @tf.autograph.experimental.do_not_convert
    def split(indices):
        return of_worker(indices, context)

    @tf.autograph.experimental.do_not_convert
    def minibatch(indices):
        pixels = pick(data.images, indices)
        return (pixels, pick(data.labels, indices)) if with_labels else pixels

    @tf.autograph.experimental.do_not_convert
    def scaled(pixels, *labels):
        pixels = tf.cast(pixels, tf.float32) / 127.5 - 1.0
        return (pixels, *labels) if labels else pixels

    def pick(array, indices):
        # TensorFlow would hold a copy of its own of the whole array.
        rows = tf.numpy_function(
            functools.partial(reads.read, array), [indices], array.dtype
        )
        return tf.ensure_shape(rows, [batch_size // replicas, *array.shape[1:]])

    dataset = _indices(len(data), seed, first * batch_size)
    dataset = dataset.batch(batch_size, drop_remainder=True)
    dataset = dataset.map(split).unbatch()
    dataset = dataset.map(minibatch).prefetch(_PREFETCHED)
    dataset = dataset.map(scaled).prefetch(_READY)
    return endless(dataset)


def drawn_anew(draw, batch_size, seed, first, input_context):
    """Minibatches that a function of (seed, step) draws, for ever.

    Args:
        draw: function of a seed int64 `[2]` -> rows `[batch_size, ...]`.
        batch_size: int, over all replicas.
        seed: int.
        first: int, the first step.
        input_context: as for `stream`.

    Raises:
        UserError: as of `stream`.
    """
    context = input_context or tf.distribute.InputContext()
    replicas = context.num_replicas_in_sync
    check_batch_size(batch_size, None, replicas)

    @tf.autograph.experimental.do_not_convert
    def minibatch(step):
        rows = draw(tf.stack([tf.constant(seed, tf.int64), step]))
        return of_worker(rows, context)

    dataset = tf.data.Dataset.range(first, tf.int64.max)
    return endless(dataset.map(minibatch).unbatch().prefetch(16))


def endless(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """The same data, as a run takes them that no end of the data ends.

    Of others the workers of tf.distribute would ask one another before every
    step who has some left, and none would know how many there are.

    Args:
        dataset: without end.
    """
    options = tf.data.Options()
    # There is nothing to tune, and the end of the stream would wait for the
    # tuner's thread, which sleeps for up to a minute.
    options.autotune.enabled = False
    without_end = tf.data.experimental.assert_cardinality(
        tf.data.experimental.INFINITE_CARDINALITY
    )
    return dataset.apply(without_end).with_options(options)


def of_worker(rows, context: tf.distribute.InputContext):
    """The rows of one worker's replicas.

    Args:
        rows: `[batch, ...]` of all replicas, `batch` known.
        context: which replicas to feed.

    Returns:
        `[local_replicas, batch / replicas, ...]`.
    """
    replicas = context.num_replicas_in_sync
    local_replicas = replicas // context.num_input_pipelines
    first = context.input_pipeline_id * local_replicas
    count, *shape = rows.shape
    by_replica = tf.reshape(rows, [replicas, count // replicas, *shape])
    return by_replica[first : first + local_replicas]


def check_batch_size(batch_size: int, count: int | None, replicas: int) -> None:
    """Raises `UserError` where a minibatch cannot be filled or divided."""
    if batch_size < 1 or (count is not None and batch_size > count):
        limit = (
            f" and at most the size of the data set, {count}" if count else ""
        )
        raise UserError(
            f"`batch_size` must be at least 1{limit}. Received: {batch_size}"
        )
    if batch_size % replicas:
        raise UserError(
            f"`batch_size` must be divisible by the {replicas} replicas. "
            f"Received: {batch_size}"
        )


def _indices(count: int, seed: int, first: int) -> tf.data.Dataset:
    """0 .. count - 1 in another order in every epoch, from place `first`."""

    @tf.autograph.experimental.do_not_convert
    def epoch(number):
        order = tf.random.experimental.stateless_shuffle(
            tf.range(count), seed=[seed, number]
        )
        return tf.data.Dataset.from_tensor_slices(order)

    first_epoch, offset = divmod(first, count)
    epochs = tf.data.Dataset.range(first_epoch, tf.int64.max)
    return epochs.flat_map(epoch).skip(offset)
