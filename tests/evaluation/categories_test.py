"""Categories as classifiers, counted by hand."""

import itertools
import types

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import categories
from tfgan_ref.evaluation.categories import CategoryEvaluation

# Classes down, categories across. Two categories are mostly of class 1, of
# which one stands for it; then 1 is left for class 2, though 3 has more there.
COUNTS = np.array([[5, 0, 1, 0], [0, 6, 7, 0], [0, 1, 2, 3]])


def test_a_majority_may_give_a_class_several_categories():
    assert categories.majority(COUNTS) == (5 + 6 + 7 + 3) / 25


def test_one_to_one_is_the_best_of_all_matchings():
    rng = np.random.default_rng(2)
    for shape in ((3, 4), (4, 3), (3, 3)):
        counts = rng.integers(0, 30, shape)
        wide = counts if shape[0] <= shape[1] else counts.T
        best = max(
            sum(wide[row, column] for row, column in enumerate(columns))
            for columns in itertools.permutations(range(wide.shape[1]), 3)
        )
        assert categories.one_to_one(counts) == best / counts.sum()
    assert categories.one_to_one(COUNTS) == (5 + 7 + 3) / 25


def data_of(labels):
    """An image of one pixel for each label, of as many levels."""
    labels = np.array(labels, np.int32)
    pixels = np.arange(len(labels), dtype=np.uint8).reshape(-1, 1, 1, 1)
    return Images("some", pixels, labels)


def test_an_evaluation_counts_the_images_of_a_data_set():
    labels, found = [0, 0, 1, 1, 1, 2, 2], [3, 3, 0, 0, 1, 0, 2]

    def categorize(images, training):
        assert not training
        places = tf.cast(tf.round(images[:, 0, 0, 0] * 127.5 + 127.5), tf.int32)
        return tf.one_hot(tf.gather(found, places), 4)

    gan = types.SimpleNamespace(categorize=categorize, categories=4)
    result = CategoryEvaluation(data_of(labels), batch_size=3)(gan)
    assert result.scalars == {
        "eval/accuracy/majority": pytest.approx(6 / 7),
        "eval/accuracy/one_to_one": pytest.approx(5 / 7),
        "eval/error_rate/majority": pytest.approx(1 / 7),
    }
    # A row for each class, a column for each category, and the heads.
    assert result.pictures["categories"].shape == (4 * 40, 5 * 40, 1)


def test_an_example_without_label_is_refused():
    with pytest.raises(UserError, match="some: a label.*Received: 2 without"):
        CategoryEvaluation(data_of([0, -1, 1, -1]))
