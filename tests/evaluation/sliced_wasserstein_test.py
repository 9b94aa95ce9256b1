import numpy as np
import pytest
from scipy import ndimage, stats

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import sliced_wasserstein


def images(seed, count=40, size=28, channels=1, blur=0.0):
    noise = np.random.default_rng(seed).normal(
        128, 50, (count, size, size + 8, channels)
    )
    noise = ndimage.gaussian_filter(noise, (0, blur, blur, 0))
    return np.clip(noise, 0, 255).astype(np.uint8)


def blur(size):
    """The filter as a matrix, mirrored at the ends without repeating them."""
    matrix = np.zeros((size, size))
    for i in range(size):
        for step, weight in zip(range(-2, 3), (1, 4, 6, 4, 1), strict=True):
            j = abs(i + step)
            matrix[i, min(j, 2 * (size - 1) - j)] += weight / 16
    return matrix


def test_the_pyramid_is_of_blurred_halves():
    pixels = images(1, 3, 64, 3)
    found = sliced_wasserstein.pyramid(pixels.astype(np.float32))
    rest = np.moveaxis(pixels, -1, 1).astype(np.float64)
    for level, (height, width) in zip(
        found, [(64, 72), (32, 36), (16, 18)], strict=True
    ):
        rows, columns = blur(height), blur(width)
        small = rows[::2] @ rest @ columns[::2].T
        wide = 4.0 * rows[:, ::2] @ small @ columns[:, ::2].T
        expected = rest if height == 16 else rest - wide
        np.testing.assert_allclose(
            np.moveaxis(level, -1, 1), expected, atol=1e-3
        )
        rest = small


@pytest.mark.parametrize(
    "size, sizes", [(9, [9]), (28, [28]), (31, [31]), (33, [33, 17])]
)
def test_the_pyramid_ends_at_16_pixels(size, sizes):
    found = sliced_wasserstein.pyramid(np.ones((2, size, size, 1), np.float32))
    assert [level.shape[1] for level in found] == sizes


def test_descriptors_are_patches_of_their_image():
    pixels = np.arange(5 * 8 * 9 * 2, dtype=np.uint8).reshape(5, 8, 9, 2)
    (found,) = sliced_wasserstein.descriptors(pixels, np.random.default_rng(0))
    assert found.shape == (5 * 128, 2, 7, 7)
    places = set()
    for k in (0, 127, 300, 639):
        image = np.moveaxis(pixels[k // 128], -1, 0)
        fits = [
            (y, x)
            for y in range(2)
            for x in range(3)
            if (image[:, y : y + 7, x : x + 7] == found[k]).all()
        ]
        assert fits
    for patch in found[:128]:
        places.add(float(patch[0, 0, 0]))
    assert len(places) == 6  # All of them.


def test_the_distance_is_that_of_projections():
    """Against SciPy's distance, on other directions."""
    fake, real = images(1, blur=1.0), images(2)
    found = sliced_wasserstein.score(fake, real)
    a, b = (
        sliced_wasserstein.descriptors(x, np.random.default_rng([5, k]))[0]
        for k, x in enumerate((fake, real))
    )
    a, b = (x.reshape(len(x), 49).astype(np.float64) for x in (a, b))
    a, b = ((x - x.mean()) / x.std() for x in (a, b))
    lines = np.random.default_rng(9).normal(size=(150, 49))
    lines /= np.linalg.norm(lines, axis=1)[:, None]
    expected = np.mean(
        [stats.wasserstein_distance(a @ line, b @ line) for line in lines]
    )
    assert found.value == pytest.approx(1e3 * expected, rel=0.15)
    assert found.note == "of the images themselves, too small for a pyramid"


def test_one_law_is_nearer_than_another_at_each_scale():
    real = images(1, size=32)
    near, far = (
        sliced_wasserstein.score(fake, real)
        for fake in (images(2, size=32), images(3, size=32, blur=1.5))
    )
    assert near.value < 0.5 * far.value
    fine, coarse = (float(t.split(" at ")[0]) for t in far.note.split(", "))
    assert far.value == pytest.approx((fine + coarse) / 2, abs=0.01)
    assert [t.split(" at ")[1] for t in far.note.split(", ")] == [
        "32 px",
        "16 px",
    ]


def test_the_seed_decides():
    fake, real = images(1, 5), images(2, 5)
    one, other, again = (
        sliced_wasserstein.score(fake, real, seed) for seed in (1, 2, 1)
    )
    assert one == again != other


def test_images_of_one_colour_have_a_distance():
    black = np.zeros((4, 28, 28, 1), np.uint8)
    assert sliced_wasserstein.score(black, images(1, 4)[:, :, :28]).value > 100


def test_images_smaller_than_a_patch_are_one_line():
    small = np.zeros((4, 6, 9, 1), np.uint8)
    with pytest.raises(UserError, match=r"7 pixels .*Received: \[6, 9, 1\]$"):
        sliced_wasserstein.score(small, small)
