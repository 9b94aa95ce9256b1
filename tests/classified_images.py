"""Labelled, unlabelled and other images, for games with a classifier."""

import numpy as np
import tensorflow as tf

from tests import linear_game
from tests.linear_game import BATCH, IMAGE_SHAPE, fit

CLASSES = 3


def examples(count):
    """Labelled images, labels, images, others: each of another spread."""
    rng = np.random.default_rng(5)
    centres = rng.uniform(-0.6, 0.6, (3, *IMAGE_SHAPE))
    labelled, images, others = (
        np.clip(centre + rng.normal(0, 0.3, (count, *IMAGE_SHAPE)), -1, 1)
        for centre in centres
    )
    labels = rng.choice(CLASSES, count, p=[0.5, 0.2, 0.3])
    return (
        labelled.astype(np.float32),
        labels.astype(np.int32),
        images.astype(np.float32),
        others.astype(np.float32),
    )


def train(gan, steps, static=True):
    """The metrics of the last step."""
    count = steps * gan.discriminator_steps * BATCH
    data = tf.data.Dataset.from_tensor_slices(examples(count))
    return fit(gan, steps, data.batch(BATCH, drop_remainder=static))


def latents_of(step, draw):
    """The global minibatch of latents, float64."""
    return linear_game.latents_of(step, draw).astype(np.float64)


def minibatches_of(step, k, steps):
    """Of `examples`, the k minibatches of a step."""
    parts = examples(steps * k * BATCH)
    first = step * k * BATCH
    return [
        tuple(part[start : start + BATCH] for part in parts)
        for start in range(first, first + k * BATCH, BATCH)
    ]
