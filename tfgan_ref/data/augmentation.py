"""Mirrored and shifted images: more examples of a small data set.

The generator learns the changed images as well, so that only changes fit that
leave an image one of the data's. `tfgan_ref.augmentation` has those of which it
learns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from tfgan_ref.data import minibatches
from tfgan_ref.errors import UserError

KINDS = ("mirror", "shift")
_PREFETCHED = 2  # Minibatches.


def stream(make_stream: Callable, kinds: Sequence[str]) -> Callable:
    """A stream of minibatches whose images are changed at random.

    What becomes of an image is a function of the seed, the minibatch and the
    image's place in it, however many workers and replicas share it.

    Args:
        make_stream: as `minibatches.stream`; images are its tensors of rank 4.
        kinds: names of `KINDS`.

    Returns:
        A function as `make_stream`.

    Raises:
        UserError: a kind is none of them.
    """
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise UserError(
            f"`kinds` must be some of {', '.join(KINDS)}. Received: {unknown}"
        )

    def augmented(data, batch_size, *, seed, first=0, input_context=None):
        dataset = make_stream(
            data,
            batch_size,
            seed=seed,
            first=first,
            input_context=input_context,
        )
        context = input_context or tf.distribute.InputContext()
        replicas = context.num_replicas_in_sync
        local = replicas // context.num_input_pipelines

        @tf.autograph.experimental.do_not_convert
        def change(index, minibatch):
            # Local replicas take turns.
            number = first + index // local
            replica = context.input_pipeline_id * local + index % local
            changed = []
            for place, images in enumerate(tf.nest.flatten(minibatch)):
                if images.shape.rank == 4:
                    own = tf.stack([tf.constant(seed, tf.int64), number])
                    own = tf.random.experimental.stateless_fold_in(own, place)
                    images = _changed(images, kinds, own, replica, replicas)
                changed.append(images)
            return tf.nest.pack_sequence_as(minibatch, changed)

        dataset = dataset.enumerate().map(change).prefetch(_PREFETCHED)
        return minibatches.endless(dataset)

    return augmented


def mirrored(images, which):
    """Those images left and right exchanged.

    Args:
        images: `[batch, height, width, channels]`.
        which: bool `[batch]`.
    """
    return tf.where(which[:, None, None, None], tf.reverse(images, [2]), images)


def shifted(images, shifts):
    """Images moved down and to the right; what comes in repeats the edge.

    Args:
        images: `[batch, height, width, channels]`.
        shifts: int32 `[batch, 2]`, pixels.
    """
    for axis in (1, 2):
        size = images.shape[axis]
        places = tf.range(size) - shifts[:, axis - 1, None]
        places = tf.clip_by_value(places, 0, size - 1)
        images = tf.gather(images, places, axis=axis, batch_dims=1)
    return images


def _changed(images, kinds, seed, replica, replicas):
    """A replica's images; what is drawn is drawn for the whole minibatch."""
    size = images.shape[0]
    drawn = tf.random.stateless_uniform([replicas * size, 3], seed)
    drawn = drawn[replica * size : (replica + 1) * size]
    if "mirror" in kinds:
        images = mirrored(images, drawn[:, 0] < 0.5)
    if "shift" in kinds:
        limits = tf.constant([side // 8 for side in images.shape[1:3]])
        counts = tf.cast(2 * limits + 1, tf.float32)
        shifts = tf.cast(drawn[:, 1:] * counts, tf.int32) - limits
        images = shifted(images, shifts)
    return images
