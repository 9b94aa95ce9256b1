"""Laplacian pyramids."""

import numpy as np
import pytest

from tfgan_ref import pyramid
from tfgan_ref.pictures import to_uint8

PIXELS = np.random.default_rng(2).integers(0, 256, (3, 28, 12, 2), np.uint8)
IMAGES = PIXELS.astype(np.float32) / 127.5 - 1.0


def split(images, levels):
    """The coarsest images and then the residuals, finer and finer."""
    residuals = []
    for _ in range(levels - 1):
        coarse = pyramid.halve(images)
        residuals.append(images - pyramid.double(coarse))
        images = coarse
    return [images, *reversed(residuals)]


def join(parts):
    """As the levels of a LAPGAN do."""
    images, *residuals = parts
    for residual in residuals:
        images = pyramid.double(images) + residual
    return images


def test_pixels_of_a_half_are_means_of_four():
    halves = pyramid.halve(IMAGES).numpy()
    assert halves.shape == (3, 14, 6, 2)
    np.testing.assert_allclose(
        halves[1, 3, 2], IMAGES[1, 6:8, 4:6].mean((0, 1)), rtol=1e-5
    )


def test_between_pixels_doubling_is_linear():
    ramp = np.arange(5, dtype=np.float32).reshape(1, 1, 5, 1)
    doubled = pyramid.double(ramp).numpy()
    assert doubled.shape == (1, 2, 10, 1)
    # Centres of the new pixels are a fourth of an old one from it.
    expected = [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4]
    np.testing.assert_allclose(doubled[0, 0, :, 0], expected, atol=1e-6)


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_pyramid_adds_up_to_its_images(levels):
    parts = split(IMAGES, levels)
    sizes = [28 // 2**k for k in range(levels)][::-1]
    assert [part.shape[1] for part in parts] == sizes
    images = np.asarray(join(parts))
    np.testing.assert_array_equal(to_uint8(images), PIXELS)
    np.testing.assert_allclose(images, IMAGES, rtol=0, atol=2e-7)


def test_even_images_have_no_residuals():
    _, *residuals = split(np.full((1, 8, 8, 1), 0.3, np.float32), 3)
    for residual in residuals:
        np.testing.assert_allclose(residual, 0, atol=1e-7)
