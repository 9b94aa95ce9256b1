"""Images for networks of three channels."""

from __future__ import annotations

import numpy as np

from tfgan_ref.errors import UserError


def in_colour(name: str, images: np.ndarray) -> np.ndarray:
    """Repeats a grey channel three times.

    Args:
        name: of the extractor, for the message.
        images: uint8 `[count, height, width, 1 or 3]`.

    Returns:
        uint8 `[count, height, width, 3]`.

    Raises:
        UserError: they have another number of channels.
    """
    channels = images.shape[-1]
    if channels not in (1, 3):
        raise UserError(
            f"The extractor {name} is for images of 1 or 3 channels. "
            f"Received: {list(images.shape[1:])}"
        )
    return np.repeat(images, 3, -1) if channels == 1 else images
