"""Categories of known probability, and their minibatches."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.data import categories
from tfgan_ref.errors import UserError


def test_laws_are_as_named():
    zipf = categories.load("zipf", 3)
    np.testing.assert_allclose(zipf.probabilities, [6 / 11, 3 / 11, 2 / 11])
    geometric = categories.load("geometric", 3)
    np.testing.assert_allclose(geometric.probabilities, [4 / 7, 2 / 7, 1 / 7])
    even = categories.load("even", 4)
    np.testing.assert_allclose(even.probabilities, [0.25] * 4)
    assert zipf.facts == {"probabilities": zipf.probabilities.tolist()}
    assert zipf.summary == "3 categories, the rarest of probability 0.182"


def test_minibatches_are_of_the_law_and_of_their_step():
    data = categories.load("zipf", 4)
    stream = categories.stream(data, 2000, seed=3)
    first, second = (x.numpy() for x in stream.take(2))
    assert first.shape == (2000, 4) and first.dtype == np.float32
    np.testing.assert_array_equal(first.sum(-1), 1)
    expected = 2000 * data.probabilities
    assert stats.chisquare(first.sum(0), expected).pvalue > 0.01
    assert (first != second).any()
    (again,) = categories.stream(data, 2000, seed=3, first=1).take(1)
    np.testing.assert_array_equal(again, second)


def test_two_replicas_have_what_one_would():
    data = categories.load("even", 3)
    context = tf.distribute.InputContext(1, 0, 2)
    halves = [
        *categories.stream(data, 6, seed=1, input_context=context).take(2)
    ]
    (whole,) = categories.stream(data, 6, seed=1).take(1)
    np.testing.assert_array_equal(np.concatenate(halves), whole)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: categories.load("normal", 3), "zipf, geometric, even.*normal"),
        (lambda: categories.load("zipf", 1), "at least. Received: 1"),
        (
            lambda: categories.stream(
                categories.load("even", 2),
                3,
                seed=0,
                input_context=tf.distribute.InputContext(1, 0, 2),
            ),
            "divisible by the 2 replicas. Received: 3",
        ),
    ],
)
def test_mistakes_are_told(wrong, said):
    with pytest.raises(UserError, match=said):
        wrong()
