"""Generated pixels in pictures, beside sums that are written out."""

import numpy as np
from scipy import ndimage

from tfgan_ref.editing import blending

RNG = np.random.default_rng(0)


def test_a_change_is_transferred_where_it_is():
    picture, before = RNG.uniform(0.2, 0.8, (2, 8, 9, 3)).astype(np.float32)
    np.testing.assert_allclose(
        blending.transferred(picture, before, before), picture, atol=1e-6
    )
    after = before.copy()
    after[2:5, 3:6, 1] += 0.15
    after[2:5, 3:6, 2] -= 0.1
    sizes = np.zeros((8, 9))
    sizes[2:5, 3:6] = 2 * (0.15 + 0.1) / 3
    share = ndimage.gaussian_filter(sizes, 0.7)[..., None]
    expected = (
        before + share * (after - before) + (1 - share) * (picture - before)
    )
    made = blending.transferred(picture, before, after)
    np.testing.assert_allclose(made, expected, atol=1e-6)
    assert made.dtype == np.float32


def test_a_change_counts_fully_at_most():
    picture = np.full((3, 4, 1), 0.5, np.float32)
    black, white = np.zeros_like(picture), np.ones_like(picture)
    made = blending.transferred(picture, black, white)
    np.testing.assert_allclose(made, white, atol=1e-6)


def test_what_differs_by_a_plane_is_blended_without_a_trace():
    """A plane is harmonic: away from the borders it is the membrane."""
    picture = RNG.uniform(0.3, 0.6, (7, 8, 2)).astype(np.float32)
    rows, columns = np.mgrid[:7, :8]
    plane = (0.1 + 0.02 * rows - 0.03 * columns)[..., None]
    hidden = np.zeros((7, 8, 1), bool)
    hidden[2:5, 1:6] = hidden[5, 3] = True
    made = (picture + plane).astype(np.float32)
    blended = blending.seamless(picture, made, hidden)
    np.testing.assert_allclose(blended, picture, atol=1e-6)
    np.testing.assert_array_equal(
        blending.pasted(picture, made, hidden)[2, 1], made[2, 1]
    )


def test_at_a_border_there_is_nothing_to_meet():
    """Two hidden pixels in a corner: their equations by hand."""
    picture = RNG.uniform(0.4, 0.6, (3, 3, 1))
    made = RNG.uniform(0.4, 0.6, (3, 3, 1))
    hidden = np.zeros((3, 3, 1), bool)
    hidden[0, :2] = True
    x, m = picture[..., 0], made[..., 0]
    # (0, 0) has two neighbours, (0, 1) three.
    right = [
        x[1, 0] + (m[0, 0] - m[0, 1]) + (m[0, 0] - m[1, 0]),
        x[0, 2]
        + x[1, 1]
        + (m[0, 1] - m[0, 0])
        + (m[0, 1] - m[0, 2])
        + (m[0, 1] - m[1, 1]),
    ]
    expected = x.copy()
    expected[0, :2] = np.linalg.solve([[2.0, -1.0], [-1.0, 3.0]], right)
    blended = blending.seamless(picture, made, hidden)
    np.testing.assert_allclose(blended[..., 0], expected, rtol=1e-5)
