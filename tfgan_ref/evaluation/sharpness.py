"""How sharp images are."""

import numpy as np


def gradient_magnitude(images: np.ndarray) -> float:
    """The mean over pixels and images of the length of the gradient.

    Of differences to the next pixel below and to the right.

    Args:
        images: float `[..., height, width, channels]`.
    """
    below = images[..., 1:, :-1, :] - images[..., :-1, :-1, :]
    right = images[..., :-1, 1:, :] - images[..., :-1, :-1, :]
    return float(np.hypot(below, right).mean())
