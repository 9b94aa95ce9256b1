"""A warning where a set of images has nothing to teach."""

from __future__ import annotations

import numpy as np
from absl import logging

from tfgan_ref.data.rows import Rows

_LITTLE = 16  # Of 256 levels.


def warn_of_little(name: str, images: np.ndarray | Rows) -> None:
    """Warns where all images are equal, or each is nearly of one colour.

    As a rule two are looked at; all are where a warning is due.

    Args:
        name: of the set.
        images: uint8 `[count, height, width, channels]`.
    """
    if len(images) > 1 and all(
        np.array_equal(images[0], images[k]) for k in range(1, len(images))
    ):
        logging.warning(
            "%s: all %d images are equal: there is nothing to learn",
            name,
            len(images),
        )
        return
    widest = 0
    for image in images:
        widest = max(widest, int(np.ptp(image, (0, 1)).max()))
        if widest >= _LITTLE:
            return
    logging.warning(
        "%s: each image is %s: there is %s to learn",
        name,
        f"within {widest + 1} of 256 levels" if widest else "of one colour",
        "little" if widest else "nothing",
    )
