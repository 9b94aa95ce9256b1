"""Errors of clusters and categories, of an encoder that is told them."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import clusters

# Image k is of the grey of its row.
Q_TRAIN = np.array(
    [[0.6, 0.3, 0.1], [0.7, 0.2, 0.1], [0.9, 0.0, 0.1], [0.3, 0.4, 0.3]]
)
LABELS_TRAIN = np.int32([2, 2, 1, 0])
Q_TEST = np.array([[0.5, 0.4, 0.1], [0.1, 0.8, 0.1], [0.8, 0.1, 0.1]])
LABELS_TEST = np.int32([2, 0, 1])


def data(q, labels, first):
    grey = np.arange(first, first + len(q), dtype=np.uint8)
    pixels = np.tile(grey[:, None, None, None], (1, 2, 2, 1))
    return Images("made up", pixels, labels)


def gan():
    table = tf.constant(np.concatenate([Q_TRAIN, Q_TEST]), tf.float32)

    def encode(images):
        rows = tf.cast(tf.round(255.0 * images[:, 0, 0, 0]), tf.int32)
        return {"categories": tf.gather(table, rows)}

    return types.SimpleNamespace(endpoints=lambda: {"encode": (encode, None)})


TRAIN, TEST = data(Q_TRAIN, LABELS_TRAIN, 0), data(Q_TEST, LABELS_TEST, 4)


def test_a_cluster_is_of_the_class_of_its_surest_image():
    np.testing.assert_array_equal(
        clusters.surest(Q_TRAIN, LABELS_TRAIN), [1, 0, 0]
    )
    # Most in cluster 0 are of class 2; nothing is in cluster 2.
    np.testing.assert_array_equal(
        clusters.majority(Q_TRAIN, LABELS_TRAIN), [2, 0, 0]
    )


def test_errors_are_counted_on_test_images():
    scalars = clusters.ClusterErrors(TRAIN, TEST)(gan()).scalars
    assert scalars == {
        "eval/clusters": 2.0,
        "eval/cluster_error/surest": pytest.approx(1 / 3),
        "eval/cluster_error/majority": pytest.approx(1 / 3),
    }
    scalars = clusters.CategoryErrors(TEST)(gan()).scalars
    # They are encoded to 0, 1 and 0.
    assert scalars == {
        "eval/errors/encoder": 3.0,
        "eval/error_rate/encoder": 1.0,
    }


def test_images_without_labels_are_refused():
    unlabelled = data(Q_TEST, np.int32([2, -1, 1]), 4)
    with pytest.raises(UserError, match="a label was expected"):
        clusters.ClusterErrors(TRAIN, unlabelled)
    with pytest.raises(UserError, match="a label was expected"):
        clusters.CategoryErrors(unlabelled)
