"""Rows of images below their texts."""

import numpy as np
import pytest

from tfgan_ref.titled import titled, titled_grid

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_text_stands_above_its_row(channels):
    rows = RNG.integers(0, 256, (2, 3, 20, 30, channels), np.uint8)
    picture = titled(rows, ["left", "a text that is far too long " * 9])
    assert picture.shape == (2 * (16 + 20), 90, channels)
    for k in range(2):
        top = k * 36
        line = picture[top : top + 16]
        assert line.min() < 64 and line.max() == 255
        np.testing.assert_array_equal(
            picture[top + 16 : top + 36, 30:60], rows[k, 1]
        )
    # The first text is short, the second goes to the end.
    assert (picture[:16, 60:] == 255).all()
    assert picture[36:52, 80:].min() < 128


def test_images_of_one_text_in_turn_make_a_row():
    images = RNG.integers(0, 255, (6, 8, 8, 1), np.uint8)
    picture = titled_grid(images, ["a", "a", "b", "a", "a", "a"])
    assert picture.shape == (3 * 24, 24, 1)
    for k, (row, column) in enumerate(
        [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1), (2, 2)]
    ):
        y, x = 24 * row + 16, 8 * column
        np.testing.assert_array_equal(picture[y : y + 8, x : x + 8], images[k])
    assert (picture[40:48, 8:] == 128).all()


def test_what_is_no_line_of_text_is_drawn_all_the_same():
    picture = titled_grid(np.zeros((1, 8, 8, 1), np.uint8), ["a\n\udcff\tb"])
    assert picture.shape == (24, 8, 1)
