import numpy as np
import pytest

from tfgan_ref.data import digits
from tfgan_ref.errors import UserError

# The first line of the UCI file optdigits.tes: a zero, 0 to 16 per pixel.
FIRST = [
    [0, 0, 5, 13, 9, 1, 0, 0],
    [0, 0, 13, 15, 10, 15, 5, 0],
    [0, 3, 15, 2, 0, 11, 8, 0],
    [0, 4, 12, 0, 0, 8, 8, 0],
    [0, 5, 8, 0, 0, 9, 8, 0],
    [0, 4, 11, 0, 1, 12, 7, 0],
    [0, 2, 14, 5, 10, 12, 0, 0],
    [0, 0, 6, 13, 10, 0, 0, 0],
]
# k -> the byte nearest to 255 k / 16.
BYTES = [0, 16, 32, 48, 64, 80, 96, 112, 128]
BYTES += [143, 159, 175, 191, 207, 223, 239, 255]


@pytest.fixture(scope="module")
def source():
    return digits.open_source("train")


def test_all_1797_digits_are_there_in_the_published_order(source):
    examples = list(source.examples)
    assert len(examples) == 1797
    assert [int(label) for _, label in examples[:12]] == [*range(10), 0, 1]
    counts = np.bincount([label for _, label in examples])
    # Of optdigits.names.
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_sixteen_grey_steps_span_all_of_a_byte(source):
    image, label = next(iter(source.examples))
    assert image.shape == (8, 8, 1)
    assert image.dtype == np.uint8
    assert label == 0
    expected = [[BYTES[value] for value in row] for row in FIRST]
    assert image[..., 0].tolist() == expected
    values = np.unique([image for image, _ in source.examples])
    assert values.tolist() == BYTES


def test_the_digits_are_grey_and_made_for_networks_of_28_pixels(source):
    assert source.natural_size == 28
    assert source.channels == 1
    assert source.class_names == tuple("0123456789")


def test_another_split_than_train_is_refused():
    with pytest.raises(UserError, match="train.*'test'") as caught:
        digits.open_source("test")
    assert len(str(caught.value).splitlines()) == 1
