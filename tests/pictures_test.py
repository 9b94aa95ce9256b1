import numpy as np
import pytest

from tfgan_ref.pictures import grid, to_uint8


def test_pixels_are_the_inverse_of_the_data_pipeline():
    levels = np.arange(256, dtype=np.uint8)
    scaled = levels.astype(np.float32) / 127.5 - 1
    np.testing.assert_array_equal(to_uint8(scaled), levels)


def test_pixels_beyond_the_range_are_clipped():
    assert to_uint8(np.array([-1.5, 1.5])).tolist() == [0, 255]


@pytest.mark.parametrize(
    ("count", "rows", "columns"), [(1, 1, 1), (5, 2, 3), (64, 8, 8)]
)
def test_images_are_tiled_row_by_row(count, rows, columns):
    images = np.arange(count * 2 * 3 * 3, dtype=np.uint8)
    images = images.reshape(count, 2, 3, 3)
    picture = grid(images)
    assert picture.shape == (rows * 2, columns * 3, 3)
    for index, image in enumerate(images):
        row, column = divmod(index, columns)
        cell = picture[2 * row : 2 * row + 2, 3 * column : 3 * column + 3]
        np.testing.assert_array_equal(cell, image)


def test_empty_cells_are_grey():
    picture = grid(np.zeros((3, 1, 1, 1), np.uint8))
    assert picture[1, 1, 0] == 128
