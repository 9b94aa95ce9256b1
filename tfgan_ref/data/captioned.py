"""Minibatches of images, their texts and texts of others.

A text that does not match is another minibatch's, drawn by the seed, so that
replicas see the same pairs as one device would. Released code draws an image
that does not match the text, which makes the same pairs.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from tfgan_ref.data import minibatches
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError


def check(data: Images) -> None:
    """Raises `UserError` where images have no captions."""
    if not data.captions:
        raise UserError(
            f"{data.name} has no captions; images with texts were expected, "
            f"such as emoji. Received: {len(data)} images without"
        )


def stream(
    data: Images,
    batch_size: int,
    *,
    ids: np.ndarray,
    seed: int,
    first: int = 0,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Args:
        data: the images.
        batch_size: examples per minibatch over all replicas.
        ids: int32 `[len(data), length]`, their texts as numbers, see
            `vocabulary.encode`.
        seed: of the permutations.
        first: index of the first minibatch; those before it are passed over.
        input_context: as for `minibatches.stream`.

    Returns:
        `tf.data.Dataset` of tuples: images float32 `[batch, height, width,
        channels]` in [-1, 1], their texts int32 `[batch, length]`, and the same
        of other images, some of which may be their own.

    Raises:
        UserError: as for `minibatches.stream`.
    """
    seeds = np.random.SeedSequence(seed).generate_state(2)

    def minibatches_of(images, number):
        return minibatches.stream(
            dataclasses.replace(data, images=images, labels=ids),
            batch_size,
            seed=int(seeds[number]),
            first=first,
            with_labels=True,
            input_context=input_context,
        )

    none = np.broadcast_to(np.uint8(0), (len(data), 1, 1, 1))
    dataset = tf.data.Dataset.zip(
        minibatches_of(data.images, 0), minibatches_of(none, 1)
    ).map(lambda pair, others: (*pair, others[1]))
    return minibatches.endless(dataset)
