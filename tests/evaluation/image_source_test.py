import numpy as np
import pytest

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import image_source
from tfgan_ref.evaluation.image_source import ImageSource


def pixels(count, shape=(2, 3, 1)):
    generator = np.random.default_rng(count)
    return generator.integers(0, 256, (count, *shape)).astype(np.uint8)


def source(images, batch_size, count=None):
    def batches():
        for first in range(0, len(images), batch_size):
            yield images[first : first + batch_size]

    return ImageSource("x", len(images) if count is None else count, batches)


def drawn(function, count=4):
    return list(image_source.of_function("m", count, function).batches())


@pytest.mark.parametrize("batch_size", [1, 7, 10, 100])
def test_batches_are_as_large_as_is_asked_for(batch_size):
    images = pixels(45)
    found = list(image_source.rebatched(source(images, batch_size), 10))
    assert [len(batch) for batch in found] == [10, 10, 10, 10, 5]
    assert (np.concatenate(found) == images).all()


def test_a_data_set_is_one():
    images, labels = pixels(600), np.arange(600, dtype=np.int32) % 7
    data = Images("digits", images, labels)
    found = image_source.of_images(data)
    assert (found.name, found.count) == ("digits", 600)
    assert found.labels.dtype == np.int64 and (found.labels == labels).all()
    for _ in range(2):
        assert (np.concatenate([*found.batches()]) == images).all()
    places = np.array([5, 599, 5, 0])
    some = image_source.of_images(data, places)
    assert some.count == 4 and (some.labels == labels[places]).all()
    assert (np.concatenate([*some.batches()]) == images[places]).all()
    assert image_source.shape_of(some) == (2, 3, 1)


def test_a_label_that_is_missing_leaves_none():
    data = Images("x", pixels(3), np.array([0, -1, 2], np.int32))
    assert image_source.of_images(data).labels is None
    assert image_source.of_images(data, np.array([2, 0])).labels.tolist() == [
        2,
        0,
    ]


def test_a_function_of_seeds_is_one():
    asked = []

    def draw(seeds):
        asked.append(seeds)
        return np.tile(seeds[:, None, None, None] / 1000.0, (1, 2, 3, 1))

    found = image_source.of_function(
        "m", 600, draw, first_seed=100, labels=[1, 2] * 300
    )
    images = np.concatenate([*found.batches()])
    assert (np.concatenate(asked) == np.arange(100, 700)).all()
    assert images.dtype == np.uint8 and images.shape == (600, 2, 3, 1)
    assert images[77, 0, 0, 0] == 45 and images[599, 1, 2, 0] == 178
    assert found.labels.dtype == np.int64 and found.labels[1] == 2


def test_levels_are_taken_as_they_are():
    images = pixels(4)
    assert (drawn(lambda seeds: images[seeds])[0] == images).all()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1.001, -0.001])
def test_images_out_of_range_are_one_line(wrong):
    def draw(seeds):
        images = np.full((len(seeds), 2, 2, 1), 0.5)
        images[1, 0, 1] = wrong
        return images

    with pytest.raises(UserError) as caught:
        drawn(draw)
    assert str(caught.value).startswith(
        "m: images in [0, 1] were expected. Received: ["
    )


@pytest.mark.parametrize(
    "made, message",
    [
        (source(pixels(9), 4, count=8), "x: 8 images .*Received: 9 or more$"),
        (source(pixels(9), 4, count=30), "x: 30 images .*Received: 9$"),
        (source(pixels(9) / 255.0, 4), "x: uint8 .*Received: float64"),
        (source(pixels(9)[0], 4), r"x: uint8 .*Received: uint8 \[2, 3, 1\]"),
        (
            ImageSource(
                "x", 4, lambda: iter([pixels(2), pixels(2, (3, 2, 1))])
            ),
            r"x: images of shape \[2, 3, 1\] .*Received: \[3, 2, 1\]",
        ),
    ],
)
def test_what_is_not_as_it_says_is_one_line(made, message):
    with pytest.raises(UserError, match=message) as caught:
        list(image_source.rebatched(made, 3))
    assert len(str(caught.value).splitlines()) == 1


def test_no_images_are_one_line():
    with pytest.raises(UserError, match="x: images .*Received: none$"):
        image_source.shape_of(source(pixels(0), 4))
