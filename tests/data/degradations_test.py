"""What is left of pictures, by hand."""

import numpy as np
import pytest

from tfgan_ref.data import degradations
from tfgan_ref.errors import UserError

NOISE = np.random.default_rng(8).integers(0, 256, (3, 12, 8, 3), np.uint8)


def test_edges_are_where_a_step_of_one_channel_is_high():
    images = np.full((2, 5, 6, 3), 100, np.uint8)
    images[0, :, 3:, 1] = 151
    images[1, 2:, :, 2] = 150  # Four times 50 is not over 200.
    found = degradations.edges(images)
    assert found.shape == (2, 5, 6, 1) and found.dtype == np.uint8
    white = np.full((5, 6), 255)
    np.testing.assert_array_equal(found[1, ..., 0], white)
    white[:, 2:4] = 0
    np.testing.assert_array_equal(found[0, ..., 0], white)


def test_an_edge_is_of_both_slopes():
    images = np.zeros((1, 4, 4, 1), np.uint8)
    images[0, 2:, 2:] = 60
    levels = np.pad(images[0, ..., 0].astype(float), 1, mode="edge")
    down = levels[2:, :-2] + 2 * levels[2:, 1:-1] + levels[2:, 2:]
    down -= levels[:-2, :-2] + 2 * levels[:-2, 1:-1] + levels[:-2, 2:]
    across = levels[:-2, 2:] + 2 * levels[1:-1, 2:] + levels[2:, 2:]
    across -= levels[:-2, :-2] + 2 * levels[1:-1, :-2] + levels[2:, :-2]
    expected = np.where(np.hypot(down, across) > 200, 0, 255)
    np.testing.assert_array_equal(
        degradations.edges(images)[0, ..., 0], expected
    )
    assert {0, 255} == {*expected.ravel()}


def test_images_do_not_mix():
    both = degradations.edges(NOISE)
    for k in range(3):
        one = degradations.edges(NOISE[k : k + 1])
        np.testing.assert_array_equal(one, both[k : k + 1])


def test_grey_is_luminance():
    found = degradations.grey(np.uint8([[[[255, 0, 0], [10, 200, 30]]]]))
    assert found.tolist() == [[[[76], [round(0.299 * 10 + 117.4 + 3.42)]]]]
    with pytest.raises(UserError, match="Received: 1 channel"):
        degradations.grey(NOISE[..., :1])


def test_a_mask_is_in_the_middle():
    found = degradations.mask(NOISE)
    assert (found[:, 3:9, 2:6] == 128).all()
    kept = np.ones((12, 8), bool)
    kept[3:9, 2:6] = False
    np.testing.assert_array_equal(found[:, kept], NOISE[:, kept])


def test_lowres_are_means_of_squares():
    found = degradations.lowres(NOISE)
    assert found.shape == NOISE.shape and found.dtype == np.uint8
    mean = NOISE[1, 4:8, :4, 2].mean()
    assert (found[1, 4:8, :4, 2] == round(mean)).all()
    with pytest.raises(UserError, match="of 4 were expected. Received: 10x8"):
        degradations.lowres(NOISE[:, :10])
