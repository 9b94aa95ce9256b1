"""What was generated and a picture, put together."""

from __future__ import annotations

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import linalg

_SMOOTHING = 0.7  # Pixels, the deviation of a Gaussian.


def transferred(picture, before, after) -> np.ndarray:
    """A picture, changed as its projection was, by the editor of IAN.

        y = G(z0) + M D + (1 - M) (x - G(z0)),    D = G(z) - G(z0)

    M is the mean size of the change, at most 1, in images in [-1, 1], and
    smoothed: what the generator could not make of the picture x stays where
    nothing changes.

    Args:
        picture: float32 `[height, width, channels]` in [0, 1], x.
        before: as `picture`, its projection G(z0).
        after: as `picture`, G(z).

    Returns:
        float32 of that shape, in [0, 1].
    """
    change = after - before
    sizes = np.minimum(2.0 * np.abs(change).mean(-1), 1.0)
    share = ndimage.gaussian_filter(sizes, _SMOOTHING)[..., None]
    made = before + share * change + (1.0 - share) * (picture - before)
    return np.clip(made, 0.0, 1.0).astype(np.float32)


def pasted(picture, made, hidden) -> np.ndarray:
    """A picture whose hidden pixels are those of another one."""
    return np.where(hidden, made, picture)


def seamless(picture, made, hidden) -> np.ndarray:
    """The same by Poisson blending, as Yeh et al. (2016) blend.

    The hidden pixels have the differences between neighbours of `made`, and
    meet the known ones (Pérez, Gangnet, Blake 2003, Poisson Image Editing,
    eq. 7).

    Args:
        picture: float32 `[height, width, channels]` in [0, 1].
        made: as `picture`.
        hidden: bool `[height, width, 1]`, not all True.

    Returns:
        float32 of the picture's shape, in [0, 1].
    """
    height, width, channels = picture.shape
    laplacian = sparse.kronsum(_path(width), _path(height), "csr")
    inside = np.flatnonzero(hidden)
    known = np.flatnonzero(~hidden)
    # What is to be added to `made`, a membrane between the known pixels.
    gap = (picture - made).reshape(-1, channels).astype(np.float64)
    rows = laplacian[inside]
    pulled = -rows[:, known] @ gap[known]
    added = linalg.spsolve(rows[:, inside].tocsc(), pulled)
    gap[inside] = added.reshape(-1, channels)
    blended = made + gap.reshape(picture.shape)
    return pasted(picture, np.clip(blended, 0.0, 1.0), hidden).astype(
        np.float32
    )


def _path(count):
    """The Laplacian of `count` pixels in a row."""
    steps = sparse.diags([-1.0, 1.0], [0, 1], shape=(count - 1, count))
    return steps.T @ steps
