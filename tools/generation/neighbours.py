"""The training images that are nearest to samples.

Goodfellow 2016 shows them beside samples: a generator that has learnt the
training set by heart draws what is there.
"""

from __future__ import annotations

import numpy as np

from tfgan_ref.data.rows import chunks
from tfgan_ref.errors import UserError


def nearest(samples, images, count: int):
    """The nearest images in pixels, by Euclidean distance.

    Args:
        samples: uint8 `[samples, height, width, channels]`.
        images: uint8 `[images, height, width, channels]`, an array or `Rows`,
            of which some megabytes at a time are in memory.
        count: int in [1, images], how many.

    Returns:
        Their indices, int `[samples, count]`, the nearest first; and the root
        mean squared differences in [0, 1], float `[samples, count]`.

    Raises:
        UserError: there are fewer images.
    """
    from sklearn.neighbors import NearestNeighbors

    if count > len(images):
        raise UserError(
            f"{len(images)} images have no {count} nearest. Received: {count}"
        )

    def flat(pixels):
        return pixels.reshape(len(pixels), -1).astype(np.float32) / 255.0

    wanted = flat(samples)
    indices = np.empty((len(samples), 0), int)
    distances = np.empty((len(samples), 0))
    start = 0
    for chunk in chunks(images):
        search = NearestNeighbors(
            n_neighbors=min(count, len(chunk)), algorithm="brute"
        ).fit(flat(chunk))
        far, places = search.kneighbors(wanted)
        distances = np.concatenate([distances, far], 1)
        indices = np.concatenate([indices, start + places], 1)
        order = np.argsort(distances, 1, kind="stable")[:, :count]
        distances = np.take_along_axis(distances, order, 1)
        indices = np.take_along_axis(indices, order, 1)
        start += len(chunk)
    return indices, distances / np.sqrt(wanted.shape[1])
