"""How like one another images of a class are: MS-SSIM of random pairs.

The lower, the more diverse; to be compared with the same of real images. It
says nothing about whether they are good.

References:
    Odena, Olah, Shlens (2017), Conditional Image Synthesis with Auxiliary
    Classifier GANs, section 4.2, https://arxiv.org/abs/1610.09585
    Wang, Simoncelli, Bovik (2003), Multi-scale structural similarity for image
    quality assessment.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.scores import Score

PAIRS_OF_A_CLASS = 100
_PAIRS_WITHOUT_CLASSES = 1_000  # The paper has classes alone.
_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_WINDOW = 11  # Pixels of the Gaussian, which the coarsest scale holds once.
_AT_A_TIME = 50


def scales(image_shape: tuple[int, int, int]) -> int:
    """How many of the five scales images have room for.

    Two at 28 and 32 pixels, three at 64, five from 161.

    Raises:
        UserError: not even one.
    """
    size, found = min(image_shape[:2]), 0
    while size >= _WINDOW and found < len(_WEIGHTS):
        size, found = -(-size // 2), found + 1
    if not found:
        raise UserError(
            f"MS-SSIM is of images of {_WINDOW} pixels at least. "
            f"Received: {list(image_shape)}"
        )
    return found


def pairs(
    name: str, count: int, labels: np.ndarray | None, seed: int = 0
) -> np.ndarray:
    """Random pairs of different images, of one class each.

    Args:
        name: of the images, for messages.
        count: int, how many images there are.
        labels: int `[count]`, or None.
        seed: int.

    Returns:
        int `[classes, 100, 2]`, places of images, the classes in order; of
        images without labels `[1, 1000, 2]`.

    Raises:
        UserError: there is one image alone, or one of a class.
    """
    generator = np.random.default_rng(seed)
    if labels is None:
        return _pairs(
            name, np.arange(count), _PAIRS_WITHOUT_CLASSES, generator
        )[None]
    return np.stack(
        [
            _pairs(
                f"{name}, class {k}",
                np.flatnonzero(labels == k),
                PAIRS_OF_A_CLASS,
                generator,
            )
            for k in np.unique(labels)
        ]
    )


def score(images: np.ndarray) -> Score:
    """The mean over pairs, with its standard error.

    The weights of the scales that there are add up to 1, so that numbers of
    two scales and of three are no numbers of five; a metric's name carries how
    many there are.

    Args:
        images: uint8 `[..., 2, height, width, channels]`, pairs.

    Raises:
        UserError: the images are too small.
    """
    images = images.reshape(-1, *images.shape[-4:])
    weights = np.array(_WEIGHTS[: scales(images.shape[2:])])
    weights /= weights.sum()
    values = np.concatenate(
        [
            tf.image.ssim_multiscale(
                part[:, 0], part[:, 1], 255, weights.astype(np.float32)
            )
            for part in (
                images[first : first + _AT_A_TIME]
                for first in range(0, len(images), _AT_A_TIME)
            )
        ]
    ).astype(np.float64)
    return Score(
        float(values.mean()),
        float(values.std(ddof=1) / np.sqrt(len(values))),
    )


def _pairs(name, places, count, generator):
    if len(places) < 2:
        raise UserError(
            f"{name}: two images at least make a pair. Received: {len(places)}"
        )
    one = generator.integers(0, len(places), count)
    apart = generator.integers(1, len(places), count)
    other = (one + apart) % len(places)
    return places[np.stack([one, other], -1)]
