"""What dropout keeps, drawn of seeds."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.mask_priors import DropoutMask


def test_so_many_are_dropped_and_the_others_make_up_for_it():
    drawn = DropoutMask(500, 0.2).draw(40, [3, 1]).numpy()
    assert drawn.shape == (40, 500)
    np.testing.assert_allclose(np.unique(drawn), [0, 1.25])
    # Of 20,000, five standard deviations.
    assert abs(np.mean(drawn == 0) - 0.2) < 5 * np.sqrt(0.2 * 0.8 / 20_000)
    assert len(np.unique(drawn, axis=0)) == 40


def test_a_row_is_a_function_of_its_seed():
    mask = DropoutMask(60)
    drawn = mask.of_seeds(tf.constant([5, 2**40, 5], tf.int64)).numpy()
    np.testing.assert_array_equal(drawn[0], drawn[2])
    assert (drawn[0] != drawn[1]).any() and {*drawn.ravel()} == {0.0, 2.0}
    drawn_to = mask.truncate(drawn, tf.constant([0.0, 1.0, 0.25])).numpy()
    np.testing.assert_array_equal(drawn_to[0], np.ones(60))
    np.testing.assert_array_equal(drawn_to[1], drawn[1])
    assert {*drawn_to[2]} == {0.75, 1.25}


def test_nothing_is_dropped_of_a_rate_of_0():
    np.testing.assert_array_equal(DropoutMask(7, 0.0).draw(3, [1, 2]), 1)


def test_a_configuration_makes_the_same_prior():
    mask = DropoutMask(7, 0.25)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(mask)))
    assert keras.saving.deserialize_keras_object(config) == mask
    assert mask != DropoutMask(7, 0.5)


@pytest.mark.parametrize("rate", [-0.1, 1.0, np.nan])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(UserError, match=rf"in \[0, 1\). Received: {rate}"):
        DropoutMask(3, rate)
