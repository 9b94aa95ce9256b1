"""Minibatches of images and texts."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tests.data.semi_supervised_test import numbered, numbers_of, worker
from tfgan_ref.data import captioned
from tfgan_ref.errors import UserError

DATA = numbered(11, labelled=())
IDS = np.arange(33, dtype=np.int32).reshape(11, 3)  # 3 k first.


def take(count, **how):
    stream = captioned.stream(DATA, 4, ids=IDS, **how)
    assert [spec.dtype for spec in stream.element_spec] == [
        tf.float32,
        tf.int32,
        tf.int32,
    ]
    return list(itertools.islice(stream.as_numpy_iterator(), count))


def test_an_image_has_its_own_text_and_another():
    found = take(22, seed=3)
    images, texts, others = map(np.concatenate, zip(*found, strict=True))
    np.testing.assert_array_equal(texts, IDS[numbers_of(images)])
    np.testing.assert_array_equal(others, IDS[others[:, 0] // 3])
    are_own = (texts == others).all(1)
    assert 0 < are_own.mean() < 0.3  # By chance, one in eleven.
    # Of each epoch every text is another's once.
    assert sorted(others[:11, 0] // 3) == list(range(11))


def test_a_minibatch_is_a_function_of_seed_and_number():
    later = take(2, seed=3, first=4)
    for one, other in zip(take(6, seed=3)[4:], later, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    assert (take(1, seed=3)[0][1] != take(1, seed=4)[0][1]).any()


def test_replicas_share_the_pairs_of_one():
    whole = take(2, seed=5)
    for index in (0, 1):
        parts = take(2, seed=5, input_context=worker(2, index, 2))
        for one, part in zip(whole, parts, strict=True):
            for a, b in zip(one, part, strict=True):
                np.testing.assert_array_equal(a[2 * index : 2 * index + 2], b)


def test_images_without_captions_are_refused():
    with pytest.raises(UserError, match="numbered has no captions.*11 images"):
        captioned.check(DATA)
