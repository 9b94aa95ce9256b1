"""Gumbel noise, and what the place of the greatest number is distributed as."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special, stats

from tfgan_ref.gumbel_prior import Gumbel

LOGITS = np.array([0.3, -1.2, 1.1, 0.0])
COUNT = 40_000


def test_a_number_is_of_gumbels_law():
    drawn = Gumbel(50).draw(400, [3, 1]).numpy()
    assert drawn.shape == (400, 50) and drawn.dtype == np.float32
    assert stats.kstest(drawn.ravel(), "gumbel_r").pvalue > 0.01
    assert np.isfinite(Gumbel(1000).draw(2000, [0, 5]).numpy()).all()


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_the_greatest_is_of_the_softmax_of_logits(temperature):
    """A truncation is the sampling temperature."""
    prior = Gumbel(4)
    drawn = prior.truncate(prior.draw(COUNT, [7, 2]), temperature)
    places = np.argmax(LOGITS + drawn, -1)
    expected = COUNT * special.softmax(LOGITS / temperature)
    counts = np.bincount(places, minlength=4)
    assert stats.chisquare(counts, expected).pvalue > 0.01
    # Of the other law it would be seen.
    other = COUNT * special.softmax(LOGITS / (1.5 - temperature))
    assert stats.chisquare(counts, other).pvalue < 1e-9


def test_at_a_temperature_of_0_it_is_the_most_probable():
    drawn = Gumbel(4).truncate(Gumbel(4).draw(9, [1, 1]), 0.0)
    np.testing.assert_array_equal(np.argmax(LOGITS + drawn, -1), 2)


def test_a_row_is_a_function_of_its_seed():
    drawn = Gumbel(5).of_seeds(tf.constant([5, 2**40, 5], tf.int64)).numpy()
    np.testing.assert_array_equal(drawn[0], drawn[2])
    assert (drawn[0] != drawn[1]).all()


def test_a_configuration_makes_the_same_prior():
    prior = Gumbel(7)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(prior)))
    assert keras.saving.deserialize_keras_object(config) == prior != Gumbel(8)
