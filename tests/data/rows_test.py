import hashlib
import itertools

import numpy as np
import pytest

from tfgan_ref.data import rows

PIXELS = np.random.default_rng(0).integers(0, 256, (7, 2, 4, 3), np.uint8)


@pytest.fixture
def asked():
    """Which places were read, in order."""
    return []


@pytest.fixture
def images(asked):
    def read(places):
        asked.extend(places.tolist())
        return PIXELS[places]

    return rows.Rows(PIXELS.shape, read)


@pytest.mark.parametrize(
    "index",
    [
        3,
        -2,
        np.int64(5),
        slice(2, 5),
        slice(None),
        slice(5, None, -2),
        slice(9, 12),
        [4, 0, 4],
        [-1, 2],
        np.array([[1, 2, 6], [0, 0, 5]], np.int32),
        np.array([], int),
        np.arange(7) % 3 == 1,
        ...,
        (slice(1, 4), 1),
        (slice(None), 1, 2, 0),
        ([6, 2], ..., 1),
        (np.array([[0, 3], [5, 5]]), ..., 0),
        (..., 2),
        (4, slice(None), 3),
    ],
    ids=repr,
)
def test_an_index_gives_what_it_gives_of_an_array(images, index):
    read = images[index]
    expected = PIXELS[index]
    assert read.dtype == np.uint8
    assert read.shape == expected.shape
    np.testing.assert_array_equal(read, expected)


@pytest.mark.parametrize(
    "index", [7, -8, [0, 7], np.array([-8]), 1.0, "0", None, [True, False]]
)
def test_what_is_no_index_of_an_array_is_none_here(images, asked, index):
    with pytest.raises(IndexError):
        images[index]
    assert not asked


def test_what_an_index_does_not_name_is_not_read(images, asked):
    images[4:6], images[[0, 2]], images[1, ..., 0]
    assert asked == [4, 5, 0, 2, 1]


def test_it_is_as_long_as_an_array_and_iterated_over_like_one(images):
    assert len(images) == 7
    assert (images.shape, images.ndim) == (PIXELS.shape, 4)
    for image, expected in zip(images, PIXELS, strict=True):
        np.testing.assert_array_equal(image, expected)


def test_numpy_takes_it_for_an_array(images):
    np.testing.assert_array_equal(np.asarray(images), PIXELS)
    assert np.asarray(images, np.float32).dtype == np.float32
    assert np.mean(images) == PIXELS.mean()
    assert ((PIXELS == images).mean(), (PIXELS[::-1] == images).all()) == (1, 0)


def test_chunks_are_all_images_in_order_a_few_at_a_time(monkeypatch, images):
    monkeypatch.setattr(rows, "_CHUNK", 3 * 24 + 23)
    parts = list(rows.chunks(images))
    assert [len(part) for part in parts] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate(parts), PIXELS)
    monkeypatch.setattr(rows, "_CHUNK", 1)
    assert [len(part) for part in rows.chunks(PIXELS)] == [1] * 7


def test_the_fingerprint_is_that_of_all_bytes_in_order(monkeypatch, images):
    labels = np.arange(7, dtype=np.int32)
    known = hashlib.sha256(
        b"(7, 2, 4, 3)" + PIXELS.tobytes() + labels.tobytes()
    ).hexdigest()
    for size, kind in itertools.product((1, 50, 10**6), (images, PIXELS)):
        monkeypatch.setattr(rows, "_CHUNK", size)
        assert rows.fingerprint(kind, labels) == known
