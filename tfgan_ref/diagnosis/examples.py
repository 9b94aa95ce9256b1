"""Real examples, to be set beside samples."""

from __future__ import annotations

import dataclasses

import numpy as np

from tfgan_ref.data.images import Images
from tfgan_ref.data.protocol import Data
from tfgan_ref.data.toy import Points

_COUNT = 1024  # Examples whose distances are those of the data.
_SIZE = 14  # Pixels, to about which images are averaged.
_LARGEST = 2**22  # Numbers of all images together: 16 MB.


@dataclasses.dataclass(frozen=True, eq=False)
class Examples:
    """Some examples of a data set.

    Attributes:
        rows: float `[count, d]`.
        labels: int `[count]`, None without labels.
    """

    rows: np.ndarray
    labels: np.ndarray | None


def some(data: Data) -> Examples | None:
    """Examples drawn from the data; None of what is neither images nor points.

    Args:
        data: of the run.
    """
    rng = np.random.default_rng(0)
    if isinstance(data, Points):
        of = data.density
        modes = rng.choice(len(of.means), _COUNT, p=of.weights)
        noise = rng.normal(size=(_COUNT, of.means.shape[1]))
        return Examples(of.means[modes] + of.scales[modes, None] * noise, None)
    if not isinstance(data, Images):
        return None
    chosen = np.sort(rng.permutation(len(data))[:_COUNT])
    return Examples(_rows(data.images[chosen]), data.labels[chosen])


def every(data: Data) -> np.ndarray | None:
    """All images, each once, float32 `[count, d]`.

    None where they are too many, or fewer than three, or no images.
    """
    if not isinstance(data, Images):
        return None
    width = len(_rows(data.images[:1])[0])
    if len(data) * width > _LARGEST:
        return None
    rows = np.unique(_rows(data.images[:]), axis=0)
    return rows if len(rows) > 2 else None


def of_samples(samples: np.ndarray) -> np.ndarray:
    """Samples as the rows that `some` and `every` give.

    Args:
        samples: as the generator gives them, images in [-1, 1] or points.
    """
    return averaged(samples) if samples.ndim == 4 else samples


def averaged(images: np.ndarray) -> np.ndarray:
    """Images of few pixels, each the mean of a square, as rows.

    Args:
        images: float32 `[n, height, width, channels]`.

    Returns:
        float32 `[n, d]`.
    """
    count, height, width, channels = images.shape
    side = max(1, min(height, width) // _SIZE)
    height, width = height // side, width // side
    whole = images[:, : height * side, : width * side]
    squares = whole.reshape(count, height, side, width, side, channels)
    return squares.mean((2, 4)).reshape(count, -1)


def _rows(images):
    return averaged(images.astype(np.float32) / 127.5 - 1)
