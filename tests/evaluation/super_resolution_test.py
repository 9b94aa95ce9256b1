"""Super-resolution measured beside bicubic images, by NumPy and Pillow."""

import types

import numpy as np
import pytest
from PIL import Image

from tests import small_images
from tfgan_ref.evaluation.sharpness import gradient_magnitude
from tfgan_ref.evaluation.super_resolution import SuperResolution

ORIGINALS = small_images.images(3, 9, side=28).images
PIXELS = ORIGINALS / 255


def small(images):
    squares = np.asarray(images).reshape(len(images), 7, 4, 7, 4, -1)
    return squares.mean((2, 4))


def evaluate(answer):
    """What is said of a game that makes this of small images."""

    def function(images):
        return {"images": np.float32(answer(np.asarray(images)))}

    class Tensor(np.ndarray):
        def numpy(self):
            return np.asarray(self)

    def served(images):
        return {"images": function(images)["images"].view(Tensor)}

    gan = types.SimpleNamespace(endpoints=lambda: {"upscale": (served, {})})
    result = SuperResolution(ORIGINALS, small)(gan)
    scalars = {
        tag.removeprefix("eval/super_resolution/"): value
        for tag, value in result.scalars.items()
    }
    return scalars, result.pictures["super_resolution"]


def blocks(images):
    return images.repeat(4, 1).repeat(4, 2)


def psnr(made):
    errors = np.mean((made - PIXELS) ** 2, (1, 2, 3))
    return np.mean(10 * np.log10(1 / errors))


def test_numbers_are_of_the_answers_and_of_the_originals():
    scalars, _ = evaluate(blocks)
    levels = np.rint(255 * small(PIXELS)) / 255
    made = blocks(levels)
    # Halves are rounded in either way.
    assert scalars["psnr"] == pytest.approx(psnr(made), rel=1e-3)
    ratio = gradient_magnitude(made) / gradient_magnitude(PIXELS)
    assert scalars["sharpness"] == pytest.approx(ratio, rel=5e-3)
    assert 0 < scalars["ssim"] < 1


def test_originals_are_as_like_and_as_sharp_as_can_be():
    scalars, _ = evaluate(lambda images: PIXELS)
    assert scalars["ssim"] == pytest.approx(1, abs=1e-4)
    assert scalars["sharpness"] == pytest.approx(1, abs=1e-4)
    # Each is right to half a level at least.
    assert scalars["psnr"] == pytest.approx(54.15, abs=0.01)
    assert scalars["psnr/bicubic"] < 40


def bicubic(levels):
    """By Keys's kernel with a = -1/2, as Pillow has it."""
    size = (28, 28)
    return np.clip(
        [
            np.asarray(
                Image.fromarray(np.float32(one[..., 0])).resize(
                    size, Image.Resampling.BICUBIC
                )
            )
            for one in levels
        ],
        0,
        1,
    )[..., None]


def test_bicubic_is_that_of_small_images():
    scalars, picture = evaluate(blocks)
    made = bicubic(np.rint(255 * small(PIXELS)) / 255)
    assert scalars["psnr/bicubic"] == pytest.approx(psnr(made), abs=0.05)
    ratio = gradient_magnitude(made) / gradient_magnitude(PIXELS)
    assert scalars["sharpness/bicubic"] == pytest.approx(ratio, rel=0.02)
    inner = picture[28 + 6 : 28 + 22, 28 + 6 : 28 + 22, 0]
    np.testing.assert_allclose(inner, 255 * made[1, 6:22, 6:22, 0], atol=2)


def test_a_row_is_small_bicubic_made_and_original():
    _, picture = evaluate(lambda images: np.full((len(images), 28, 28, 1), 0.5))
    assert picture.shape == (8 * 28, 4 * 28, 1)
    row = picture[28 * 3 : 28 * 4].reshape(28, 4, 28).swapaxes(0, 1)
    levels = np.rint(255 * small(PIXELS))
    np.testing.assert_allclose(row[0], blocks(levels)[3, ..., 0], atol=1)
    assert set(row[2].ravel()) == {128}
    np.testing.assert_array_equal(row[3], ORIGINALS[3, ..., 0])
