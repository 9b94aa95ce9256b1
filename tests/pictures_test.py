import numpy as np
import pytest

from tfgan_ref.pictures import columns, grid, to_uint8


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


def test_each_class_has_a_column_below_its_name():
    shades = np.arange(10, 80, 10, dtype=np.uint8)
    images = np.tile(shades[:, None, None, None], (1, 20, 14, 3))
    labels = np.array([2, 0, 2, -1, 2, 5, 0])
    picture = columns(images, labels, ["ab", "\udce9", "long name"], 2)
    table = picture[-2 * 20 :].reshape(2, 20, 3, 14, 3).swapaxes(1, 2)
    assert [[set(cell.flat) for cell in row] for row in table] == [
        [{20}, {128}, {10}],
        [{70}, {128}, {30}],
    ]
    head = picture[: -2 * 20].reshape(-1, 3, 14, 3)
    assert head.shape[0] > 20 and head.max() == 255
    # Words are read upwards: each begins at the images.
    ink = (head < 128).any((2, 3))
    lengths = [np.flatnonzero(ink[::-1, place]).max() for place in range(3)]
    assert lengths[1] < lengths[0] < lengths[2]
    assert np.flatnonzero(ink[::-1, 2]).min() < 6


def test_a_class_of_no_images_still_has_a_column():
    picture = columns(
        np.zeros((0, 2, 16, 1), np.uint8), np.zeros(0), ["a", "b"]
    )
    assert picture[-2:].shape == (2, 32, 1) and (picture[-2:] == 128).all()


def test_names_that_fit_are_over_the_middles_of_their_columns():
    images = np.zeros((1, 20, 16, 1), np.uint8)
    picture = columns(images, np.array([1]), ["1", ".", "8"])
    ink = (picture[:-20] < 128).reshape(-1, 3, 16).any(0)
    middles = [np.flatnonzero(place).mean() for place in ink]
    assert middles == pytest.approx([7.5] * 3, abs=2)
    assert ink[1].sum() < ink[2].sum()
