"""Minibatches for semi-supervised training.

A labelled set that is smaller than a minibatch fills it with repetitions; the
labelled images are also among the unlabelled ones, as in the released code of
Salimans et al. (2016).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from tfgan_ref.data import minibatches, rows
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError


def stream(
    data: Images,
    batch_size: int,
    *,
    seed: int,
    first: int = 0,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Three streams of `minibatches.stream` with orders of their own: of the
    labelled examples, of all, and of all once more.

    Args:
        data: the images; those with a label >= 0 are the labelled ones.
        batch_size: examples per minibatch over all replicas.
        seed: of the permutations.
        first: index of the first minibatch; those before it are passed over.
        input_context: as for `minibatches.stream`.

    Returns:
        `tf.data.Dataset` of tuples: labelled images, their labels int32
        `[batch]`, images, other images; images float32 `[batch, height,
        width, channels]` in [-1, 1].

    Raises:
        UserError: there is no label, or as for `minibatches.stream`.
    """
    seeds = np.random.SeedSequence(seed).generate_state(3)

    def minibatches_of(part, number, with_labels=False):
        return minibatches.stream(
            part,
            batch_size,
            seed=int(seeds[number]),
            first=first,
            with_labels=with_labels,
            input_context=input_context,
        )

    dataset = tf.data.Dataset.zip(
        minibatches_of(labelled(data, batch_size), 0, with_labels=True),
        minibatches_of(data, 1),
        minibatches_of(data, 2),
    ).map(lambda pair, images, others: (*pair, images, others))
    return minibatches.endless(dataset)


def labelled(data: Images, least: int) -> Images:
    """The labelled examples, all repeated until there are `least`.

    Their images stay where those of `data` are.

    Raises:
        UserError: there is none.
    """
    chosen = np.flatnonzero(data.labels >= 0)
    if not len(chosen):
        raise UserError(
            f"{data.name} has no labels; some were expected. Received: "
            f"{len(data)} images without one"
        )
    if len(data) == len(chosen) >= least:
        return data
    chosen = np.tile(chosen, -(-least // len(chosen)))
    images = rows.Rows(
        (len(chosen), *data.image_shape),
        lambda places: data.images[chosen[places]],
    )

    def of(texts):
        return tuple(texts[k] for k in chosen) if texts else ()

    return dataclasses.replace(
        data,
        images=images,
        labels=data.labels[chosen],
        captions=of(data.captions),
        attributes=of(data.attributes),
    )
