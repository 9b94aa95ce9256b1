"""The path from the prior to the posterior."""

import numpy as np
import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.likelihood import path


def test_powers_are_a_logistic_function_s_from_0_to_1():
    powers = path.sigmoid(5)
    # sigmoid(-4, -2, 0, 2, 4), less the first, over the last less the first.
    expected = np.array([0.0179862, 0.1192029, 0.5, 0.8807971, 0.9820138])
    expected = (expected - expected[0]) / (expected[-1] - expected[0])
    np.testing.assert_allclose(powers, expected, atol=1e-6)
    assert powers.dtype == np.float64 and (powers[0], powers[-1]) == (0, 1)
    assert (np.diff(path.sigmoid(1000)) > 0).all()


def test_the_shortest_path_has_both_ends():
    np.testing.assert_array_equal(path.sigmoid(2), [0, 1])
    with pytest.raises(UserError, match="`distributions` .*Received: 1$"):
        path.sigmoid(1)
