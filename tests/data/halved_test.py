"""Data sets at a half of their size."""

import numpy as np
import pytest

from tfgan_ref.data.halved import halved
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

PIXELS = np.random.default_rng(2).integers(0, 256, (5, 12, 4, 3), np.uint8)
DATA = Images("made up", PIXELS, np.arange(5, dtype=np.int32), tuple("abcde"))


def test_pixels_are_rounded_means_of_squares():
    found = halved(DATA, 2)
    assert found.image_shape == (3, 1, 3) and len(found) == 5
    mean = PIXELS[3, 4:8, :, 1].mean()
    assert found.images[3][1, 0, 1] == round(mean)
    assert found.images[[4, 0]].dtype == np.uint8
    np.testing.assert_array_equal(found.images[2:4], found.images[:][2:4])
    assert found.class_names == DATA.class_names
    np.testing.assert_array_equal(found.labels, DATA.labels)
    assert found.fingerprint != halved(DATA, 1).fingerprint


def test_not_halved_they_are_the_same():
    assert halved(DATA, 0) is DATA


def test_sides_that_cannot_be_halved_are_refused():
    with pytest.raises(UserError, match="halved 3 times .*Received: 12x4"):
        halved(DATA, 3)
