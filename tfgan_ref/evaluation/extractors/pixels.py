"""Pixels as features: no network, and hardly what a person sees."""

from __future__ import annotations

import numpy as np

from tfgan_ref.evaluation.extractors.extractor import Features


class Pixels:
    """Levels in [0, 1], see `Extractor`; vectors `[count, values]`."""

    name = "pixels"
    sha256 = None
    resize = None

    def __call__(self, images: np.ndarray) -> Features:
        """Divides uint8 `[count, height, width, channels]` by 255."""
        levels = images.reshape(len(images), -1).astype(np.float32)
        return Features(levels / np.float32(255))
