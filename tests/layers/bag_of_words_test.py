"""Bags of words against NumPy."""

import keras
import numpy as np
import pytest

from tests.layers.registration import check_made_again
from tfgan_ref.layers.bag_of_words import BagOfWords

IDS = np.int32([[3, 1, 3, 0], [0, 0, 0, 0], [2, 0, 0, 0], [4, 3, 2, 1]])
COUNTS = np.float32([[1, 0, 2, 0], [0, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 1]])


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_counts_are_over_the_root_of_their_sum(policy):
    made = BagOfWords(4, dtype=policy)(IDS)
    roots = np.float32([np.sqrt(3), 1, 1, 2])[:, None]
    assert made.dtype == policy.removeprefix("mixed_")
    atol = 1e-6 if policy == "float32" else 0.01
    np.testing.assert_allclose(np.float32(made), COUNTS / roots, atol=atol)


def test_it_is_of_any_length_and_order():
    ids = keras.Input((None,), dtype="int32")
    network = keras.Model(ids, BagOfWords(4)(ids))
    assert network.output_shape == (None, 4)
    np.testing.assert_array_equal(
        network(IDS), network(np.pad(IDS[:, ::-1], [[0, 0], [1, 2]]))
    )


def test_it_comes_back_from_its_configuration():
    check_made_again(BagOfWords, words=7)
