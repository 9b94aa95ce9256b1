"""The nearest image's label beside SciPy's distances."""

import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tests import small_images
from tfgan_ref.evaluation import image_source, nearest_label


def test_the_error_is_that_of_the_nearest_image():
    train, test = small_images.images(1, 31), small_images.images(2, 50)
    noise = np.random.default_rng(3).integers(0, 256, (50, 8, 8, 1), np.uint8)
    test = dataclasses.replace(test, images=test.images // 8 + noise // 8 * 7)
    flat = (np.float64(x.images).reshape(len(x), -1) for x in (test, train))
    nearest = cdist(*flat).argmin(1)
    wrong = np.mean(train.labels[nearest] != test.labels)
    assert 0.1 < wrong < 0.6
    found = nearest_label.error(
        image_source.of_images(train), image_source.of_images(test)
    )
    assert found.value == pytest.approx(wrong, abs=1e-12)
    deviation = np.sqrt(wrong * (1 - wrong) / 50)
    assert found.error == pytest.approx(deviation, rel=1e-9)
