"""The sliced Wasserstein distance of patches, on Laplacian pyramids.

It sees texture at each scale, and not how parts are put together.

Reference:
    Karras, Aila, Laine, Lehtinen (2018), Progressive Growing of GANs for
    Improved Quality, Stability, and Variation, section 5,
    https://arxiv.org/abs/1710.10196; code tkarras/progressive_growing_of_gans.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

IMAGES = 2_048  # Deviation: 16,384 in the paper.
_SMALLEST = 16  # Pixels of the coarsest level.
_PATCH = 7  # Pixels.
_PATCHES = 128  # Of each image and level.
_DIRECTIONS = 4 * 128
_FILTER = np.array([1, 4, 6, 4, 1], np.float32) / 16
_IMAGES_AT_A_TIME = 64
_DIRECTIONS_AT_A_TIME = 32


def check(image_shape: tuple[int, int, int]) -> None:
    """Raises `UserError` for images smaller than a patch."""
    if min(image_shape[:2]) < _PATCH:
        raise UserError(
            f"The sliced Wasserstein distance is of images of {_PATCH} pixels "
            f"at least. Received: {list(image_shape)}"
        )


def score(fake: np.ndarray, real: np.ndarray, seed: int = 0) -> Score:
    """The mean over the levels, times 1,000.

    The levels halve the images down to 16 pixels; all but the last are
    band-passed. Images below 32 pixels have one, which is the images
    themselves. Images that are all of one colour have patches of zeros.

    Args:
        fake: uint8 `[count, height, width, channels]`.
        real: the same, as many.
        seed: int, of the places of the patches and of the directions.

    Raises:
        UserError: the images are smaller than a patch.
    """
    check(fake.shape[1:])
    generators = [np.random.default_rng([seed, k]) for k in range(3)]
    levels = [
        _distance(_standard(a), _standard(b), generators[2])
        for a, b in zip(
            descriptors(fake, generators[0]),
            descriptors(real, generators[1]),
            strict=True,
        )
    ]
    size = min(fake.shape[1:3])
    note = "of the images themselves, too small for a pyramid"
    if len(levels) > 1:
        note = ", ".join(
            f"{1e3 * level:.2f} at {size >> k} px"
            for k, level in enumerate(levels)
        )
    return Score(float(1e3 * np.mean(levels)), note=note)


def descriptors(images: np.ndarray, generator: np.random.Generator) -> list:
    """Patches of each level.

    Args:
        images: uint8 `[count, height, width, channels]`.
        generator: of their places.

    Returns:
        float32 `[128 * count, channels, 7, 7]` of each level, the finest
        first.
    """
    parts = []
    for first in range(0, len(images), _IMAGES_AT_A_TIME):
        part = images[first : first + _IMAGES_AT_A_TIME]
        levels = pyramid(part.astype(np.float32))
        parts.append([_patches(level, generator) for level in levels])
    return [np.concatenate(level) for level in zip(*parts, strict=True)]


def pyramid(images: np.ndarray) -> list[np.ndarray]:
    """The Laplacian pyramid, the finest level first.

    Args:
        images: float32 `[count, height, width, channels]`.
    """
    levels, size = [images], min(images.shape[1:3]) // 2
    while size >= _SMALLEST:
        levels.append(_smooth(levels[-1])[:, ::2, ::2])
        levels[-2] = levels[-2] - _up(levels[-1], levels[-2].shape)
        size //= 2
    return levels


def _smooth(images):
    for axis in (1, 2):
        images = ndimage.convolve1d(images, _FILTER, axis, mode="mirror")
    return images


def _up(images, shape):
    wide = np.zeros(shape, np.float32)
    wide[:, ::2, ::2] = images
    return 4.0 * _smooth(wide)


def _patches(images, generator):
    """Float32 `[128 * count, channels, 7, 7]`, at random places."""
    count, height, width, _ = images.shape
    windows = np.lib.stride_tricks.sliding_window_view(
        images, (_PATCH, _PATCH), (1, 2)
    )
    which = np.repeat(np.arange(count), _PATCHES)
    y = generator.integers(0, height - _PATCH + 1, len(which))
    x = generator.integers(0, width - _PATCH + 1, len(which))
    return windows[which, y, x]


def _standard(patches):
    """Each channel of mean 0 and variance 1 over all: `[count, values]`."""
    axes = (0, 2, 3)
    mean = patches.mean(axes, np.float64, keepdims=True)
    deviation = patches.std(axes, np.float64, keepdims=True)
    deviation[deviation == 0] = 1.0
    patches -= mean.astype(np.float32)
    patches /= deviation.astype(np.float32)
    return patches.reshape(len(patches), -1)


def _distance(a, b, generator):
    """The mean over random directions of that of the projections."""
    distances = []
    for _ in range(0, _DIRECTIONS, _DIRECTIONS_AT_A_TIME):
        lines = generator.normal(size=(_DIRECTIONS_AT_A_TIME, a.shape[1]))
        lines /= np.linalg.norm(lines, axis=1, keepdims=True)
        lines = lines.astype(np.float32)
        projected = [np.sort(lines @ x.T, 1) for x in (a, b)]
        distances.append(
            np.abs(projected[0] - projected[1]).mean(dtype=np.float64)
        )
    return np.mean(distances)
