"""`digits`: the 1,797 real handwritten digits that scikit-learn brings."""

import numpy as np
from sklearn import datasets

from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError

# They are 8x8; the smallest networks make 28x28.
_NATURAL_SIZE = 28


def open_source(split: str) -> Source:
    """Opens the digits, 8x8 pixels of 17 grey levels, 10 classes.

    Raises:
        UserError: the split is not `train`, the only one there is.
    """
    if split != "train":
        raise UserError(f"digits has the split train. Received: {split!r}")
    digits = datasets.load_digits()
    images = np.round(digits.images * (255 / 16)).astype(np.uint8)
    return Source(
        examples=list(zip(images[..., None], digits.target, strict=True)),
        natural_size=_NATURAL_SIZE,
        channels=1,
        class_names=tuple(str(name) for name in digits.target_names),
    )
