"""The training images that are nearest to samples.

Goodfellow 2016 shows them beside samples: a generator that has learnt the
training set by heart draws what is there.
"""

from __future__ import annotations

import numpy as np


def nearest(samples, images, count: int):
    """The nearest images in pixels, by Euclidean distance.

    Args:
        samples: uint8 `[samples, height, width, channels]`.
        images: uint8 `[images, height, width, channels]`.
        count: int in [1, images], how many.

    Returns:
        Their indices, int `[samples, count]`, the nearest first; and the root
        mean squared differences in [0, 1], float `[samples, count]`.
    """
    from sklearn.neighbors import NearestNeighbors

    def flat(pixels):
        return pixels.reshape(len(pixels), -1).astype(np.float32) / 255.0

    rows = flat(images)
    search = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(rows)
    distances, indices = search.kneighbors(flat(samples))
    return indices, distances / np.sqrt(rows.shape[1])
