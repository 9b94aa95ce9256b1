import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.models import table
from tfgan_ref.models.table import Places

EXAMPLES = np.random.default_rng(1).normal(size=(5, 2, 3, 1)).astype(np.float32)


def test_seeds_are_places_in_turn():
    prior = Places(5)
    np.testing.assert_array_equal(
        prior.of_seeds([0, 4, 5, 13, -1]), [0, 4, 0, 3, 4]
    )
    assert prior.of_seeds([2]).dtype == prior.spec.dtype == tf.int64
    drawn = prior.draw(3000, [1, 2])
    counts = np.bincount(drawn, minlength=5)
    assert len(counts) == 5 and abs(counts - 600).max() < 5 * np.sqrt(600)
    # No truncation moves them.
    np.testing.assert_array_equal(prior.truncate(drawn, 0.5), drawn)


def test_a_configuration_makes_the_same_places():
    config = keras.saving.serialize_keras_object(Places(5))
    again = keras.saving.deserialize_keras_object(config)
    assert again == Places(5) and again != Places(4)


def test_a_table_gives_its_examples_and_is_moved_by_nothing():
    network = table.of(EXAMPLES, "shown")
    assert network.name == "shown"
    np.testing.assert_array_equal(network(np.array([3, 0])), EXAMPLES[[3, 0]])
    assert not network.trainable_weights


@pytest.mark.parametrize("count", [0, -2])
def test_there_is_a_place_at_least(count):
    with pytest.raises(ValueError, match=f"positive. Received: {count}"):
        Places(count)
