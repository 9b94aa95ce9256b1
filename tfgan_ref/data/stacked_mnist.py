"""Stacked MNIST: three random digits as red, green and blue, 1000 modes.

References:
    Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled Generative Adversarial
    Networks, https://arxiv.org/abs/1611.02163
    Lin, Khetan, Fanti, Oh (2018), PacGAN: The power of two samples in
    generative adversarial networks, https://arxiv.org/abs/1712.04086
"""

from __future__ import annotations

import numpy as np

from tfgan_ref.data.images import Images
from tfgan_ref.data.rows import Rows
from tfgan_ref.errors import UserError

COUNT = 128_000  # Of training examples, PacGAN's.
MODES = 1000


def stack(digits: Images, *, seed: int, count: int = COUNT) -> Images:
    """Draws three digits for every image, independently and with replacement.

    PacGAN draws from MNIST's training and test set together; this from what it
    is given.

    Args:
        digits: grey images with labels 0 to 9: MNIST from any source.
        seed: of the draws.
        count: int >= 1, how many images.

    Returns:
        Images `[count, height, width, 3]`, put together when they are read,
        with the labels of `mode_of`.

    Raises:
        UserError: `count` is not positive, or the images are not grey or not
            labelled as digits.
    """
    if count < 1:
        raise UserError(f"`count` must be positive. Received: {count}")
    low, high = digits.labels.min(), digits.labels.max()
    channels = digits.image_shape[-1]
    if channels != 1 or low < 0 or high > 9:
        raise UserError(
            f"{digits.name}: grey images with labels from 0 to 9 were "
            f"expected. Received: {channels} channels, labels from {low} to "
            f"{high}"
        )
    chosen = np.random.default_rng(seed).integers(len(digits), size=(count, 3))

    def read(places):
        grey = digits.images[chosen[places], ..., 0]
        return np.moveaxis(grey, 1, -1)

    return Images(
        f"stacked {digits.name}",
        Rows((count, *digits.image_shape[:2], 3), read),
        mode_of(digits.labels[chosen]).astype(np.int32),
        tuple(f"{mode:03}" for mode in range(MODES)),
    )


def mode_of(digits: np.ndarray) -> np.ndarray:
    """The number that three digits make, red first: 100 r + 10 g + b.

    Args:
        digits: int `[..., 3]`, each from 0 to 9.

    Returns:
        int `[...]`, from 0 to 999.
    """
    return np.asarray(digits) @ [100, 10, 1]
