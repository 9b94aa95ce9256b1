import numpy as np
import pytest

from tfgan_ref.data.contrast import warn_of_little


def said(caplog, *images):
    warn_of_little("it", np.stack(images))
    return [entry.getMessage() for entry in caplog.records]


def one_colour(*colour):
    return np.full([2, 3, len(colour)], colour, np.uint8)


def ramp(width):
    """Of that many levels."""
    return np.linspace(100, 100 + width, 6).astype(np.uint8).reshape(2, 3, 1)


def test_images_that_are_all_equal_have_nothing_to_teach(caplog):
    image = np.arange(0, 180, 10, np.uint8).reshape(2, 3, 3)
    assert said(caplog, image, image, image) == [
        "it: all 3 images are equal: there is nothing to learn"
    ]


def test_images_of_one_colour_each_have_nothing_to_teach(caplog):
    assert said(caplog, one_colour(255, 0, 9), one_colour(0, 80, 200)) == [
        "it: each image is of one colour: there is nothing to learn"
    ]


def test_images_that_are_nearly_black_have_little_to_teach(caplog):
    assert said(caplog, ramp(8), one_colour(7), ramp(15)) == [
        "it: each image is within 16 of 256 levels: there is little to learn"
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_one_image_with_something_in_it_is_enough(caplog, count):
    images = [one_colour(3)] * (count - 1) + [ramp(16)]
    assert said(caplog, *images) == []
