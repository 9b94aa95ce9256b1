"""Mirrored and shifted minibatches."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data import augmentation, minibatches, semi_supervised
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

BATCH = 4


def data(count=9, shape=(8, 17, 2)):
    pixels = np.random.default_rng(0).integers(0, 256, (count, *shape))
    labels = np.arange(count, dtype=np.int32) % 3
    return Images("noise", pixels.astype(np.uint8), labels)


def taken(kinds, count, first=0, stream=minibatches.stream, **how):
    stream = augmentation.stream(stream, kinds)
    dataset = stream(data(), BATCH, seed=3, first=first, **how)
    return list(dataset.take(count).as_numpy_iterator())


def candidates(image, kinds):
    """What an image may become: (mirrored, down, right) -> image."""
    height, width, _ = image.shape
    found = {}
    for mirror in (False, True) if "mirror" in kinds else (False,):
        turned = image[:, ::-1] if mirror else image
        wide = np.pad(turned, [(1, 1), (2, 2), (0, 0)], "edge")
        for down in (-1, 0, 1) if "shift" in kinds else (0,):
            for right in (-2, -1, 0, 1, 2) if "shift" in kinds else (0,):
                found[mirror, down, right] = wide[
                    1 - down : 1 - down + height, 2 - right : 2 - right + width
                ]
    return found


@pytest.mark.parametrize("kinds", [["mirror"], ["shift"], ["shift", "mirror"]])
def test_each_image_is_mirrored_and_shifted_for_itself(kinds):
    plain = minibatches.stream(data(), BATCH, seed=3).take(60)
    seen = []
    for images, changed in zip(
        plain.as_numpy_iterator(), taken(kinds, 60), strict=True
    ):
        for image, result in zip(images, changed, strict=True):
            (name,) = (
                name
                for name, other in candidates(image, kinds).items()
                if np.array_equal(other, result)
            )
            seen.append(name)
    wanted = candidates(images[0], kinds).keys()
    assert {*seen} == wanted
    assert sum(name[0] for name in seen) == pytest.approx(
        120 if "mirror" in kinds else 0, abs=35
    )
    batches = {tuple(seen[i : i + BATCH]) for i in range(0, len(seen), BATCH)}
    assert len(batches) > 10  # And not one for all of a minibatch.


def test_a_stream_goes_on_anywhere():
    whole = taken(["mirror", "shift"], 7)
    rest = taken(["mirror", "shift"], 4, first=3)
    np.testing.assert_array_equal(rest, whole[3:])


@pytest.mark.parametrize("workers", [1, 2])
def test_replicas_share_what_one_would_have(workers):
    whole = taken(["mirror", "shift"], 3)
    parts = []
    for worker in range(workers):
        context = tf.distribute.InputContext(workers, worker, 2)
        shares = taken(
            ["mirror", "shift"], 3 * 2 // workers, input_context=context
        )
        parts.append(np.reshape(shares, (3, -1, *whole[0].shape[1:])))
    np.testing.assert_array_equal(np.concatenate(parts, 1), whole)


def test_labels_stay_and_images_of_one_minibatch_differ():
    streams = functools.partial(minibatches.stream, with_labels=True)
    plain = next(iter(streams(data(), BATCH, seed=3)))
    ((images, labels),) = taken(["mirror"], 1, stream=streams)
    np.testing.assert_array_equal(labels, plain[1])
    assert images.shape == plain[0].shape

    class Same:
        """All minibatches are one image, three times."""

        def __call__(self, *args, **kwargs):
            images = np.random.default_rng(0).normal(size=(1, 8, 8, 1))
            images = np.float32(np.repeat(images, BATCH, 0))
            parts = images, np.arange(BATCH), images, images
            return tf.data.Dataset.from_tensors(parts).repeat()

    seen = taken(["shift", "mirror"], 20, stream=Same())
    for minibatch in seen:
        np.testing.assert_array_equal(minibatch[1], np.arange(BATCH))
    for one, other in ((0, 2), (0, 3), (2, 3)):
        assert any((part[one] != part[other]).any() for part in seen)


def test_it_goes_with_labelled_streams():
    ((labelled, labels, images, others),) = taken(
        ["mirror"], 1, stream=semi_supervised.stream
    )
    assert labelled.shape == images.shape == others.shape == (4, 8, 17, 2)
    assert labels.dtype == np.int32


def test_a_kind_that_there_is_not_is_named():
    with pytest.raises(UserError, match=r"mirror, shift. Received: \['turn'\]"):
        augmentation.stream(minibatches.stream, ["mirror", "turn"])
