"""The share of images that a classifier takes for their class."""

import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import class_accuracy

PROBABILITIES = np.array(
    [[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.9, 0.0, 0.1]]
)


def test_it_counts_the_most_probable_classes():
    score = class_accuracy.score("x", PROBABILITIES, np.array([1, 0, 2, 2]))
    assert score.value == 0.75
    assert score.error == pytest.approx(np.sqrt(0.75 * 0.25 / 4))
    score = class_accuracy.score("x", PROBABILITIES, np.array([1, 0, 2, 0]))
    assert (score.value, score.error) == (1.0, 0.0)


def test_a_class_that_the_classifier_has_not_is_one_line():
    with pytest.raises(UserError, match="x: labels below 3 .*Received: 3$"):
        class_accuracy.score("x", PROBABILITIES, np.array([1, 3, 2, 0]))
