import numpy as np
import pytest

from tfgan_ref.data import images, stacked_mnist
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError


def digits(count=50, channels=1, least=0):
    """Digit d is an image of height 2 and width 3 with 20 d + row + column."""
    labels = (np.arange(count) * 7 % 10 + least).astype(np.int32)
    places = np.add.outer(np.arange(2), np.arange(3))
    pixels = (20 * labels[:, None, None] + places).astype(np.uint8)
    pixels = np.repeat(pixels[..., None], channels, -1)
    return Images("made up", pixels, labels)


def test_channels_are_the_digits_of_the_label():
    data = stacked_mnist.stack(digits(), seed=3, count=400)
    assert data.images.shape == (400, 2, 3, 3)
    assert data.images.dtype == np.uint8
    assert data.labels.dtype == np.int32
    assert data.name == "stacked made up"
    places = np.add.outer(np.arange(2), np.arange(3))
    for image, label in zip(data.images, data.labels, strict=True):
        for channel, digit in enumerate(f"{label:03}"):
            np.testing.assert_array_equal(
                image[..., channel], 20 * int(digit) + places
            )


def test_the_three_digits_are_independent_and_uniform():
    data = stacked_mnist.stack(digits(), seed=3, count=20_000)
    counts = np.bincount(data.labels, minlength=1000)
    assert len(counts) == 1000
    # Chi^2 with 999 degrees of freedom: mean 999, deviation 45.
    chi_squared = np.sum((counts - 20) ** 2 / 20)
    assert abs(chi_squared - 999) < 4 * 45


def test_every_example_can_be_drawn_more_than_once():
    data = stacked_mnist.stack(digits(2), seed=0, count=64)
    assert set(data.labels) == {
        100 * r + 10 * g + b for r in (0, 7) for g in (0, 7) for b in (0, 7)
    }


def test_images_are_a_function_of_the_seed():
    one, same, other = (
        stacked_mnist.stack(digits(), seed=seed, count=100)
        for seed in (5, 5, 6)
    )
    assert one.fingerprint == same.fingerprint
    assert one.fingerprint != other.fingerprint


def test_published_number_of_images_is_the_default():
    data = stacked_mnist.stack(digits(), seed=0)
    assert len(data) == 128_000


def test_class_names_are_the_thousand_numbers():
    names = stacked_mnist.stack(digits(), seed=0, count=1).class_names
    assert len(names) == 1000
    assert names[0] == "000"
    assert names[42] == "042"
    assert names[987] == "987"


def test_any_source_of_digits_will_do():
    data = stacked_mnist.stack(images.load("digits"), seed=0, count=5)
    assert data.images.shape == (5, 28, 28, 3)


def test_mode_of_reads_red_first():
    modes = stacked_mnist.mode_of(np.array([[[1, 2, 3]], [[0, 0, 9]]]))
    np.testing.assert_array_equal(modes, [[123], [9]])


@pytest.mark.parametrize(
    ("data", "received"),
    [
        (digits(channels=3), "3 channels, labels from 0 to 9"),
        (digits(least=-1), "1 channels, labels from -1 to 8"),
        (digits(least=1), "1 channels, labels from 1 to 10"),
    ],
)
def test_what_is_no_digits_is_refused(data, received):
    with pytest.raises(UserError) as caught:
        stacked_mnist.stack(data, seed=0, count=4)
    assert str(caught.value).startswith("made up: ")
    assert str(caught.value).endswith(f"Received: {received}")


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_that_is_not_positive_is_refused(count):
    with pytest.raises(UserError, match=f"Received: {count}"):
        stacked_mnist.stack(digits(), seed=0, count=count)
