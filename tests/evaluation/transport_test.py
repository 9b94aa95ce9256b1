import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.data import mixture
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import transport


def test_it_is_the_best_of_all_pairings():
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(5, 3)), rng.normal(1.0, 2.0, (5, 3))
    means = [
        np.mean(np.linalg.norm(first - second[list(order)], axis=1))
        for order in itertools.permutations(range(5))
    ]
    assert transport.earth_mover(first, second) == pytest.approx(min(means))


def test_on_a_line_it_is_scipys():
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=(200, 1)), rng.exponential(2.0, (200, 1))
    expected = stats.wasserstein_distance(first[:, 0], second[:, 0])
    assert transport.earth_mover(first, second) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (np.zeros((2, 1)), np.zeros((3, 1)), r"shapes \[2, 1\] and \[3, 1\]"),
        (np.zeros((0, 2)), np.zeros((0, 2)), r"shapes \[0, 2\]"),
        (np.array([[np.nan]]), np.zeros((1, 1)), "Finite points"),
    ],
)
def test_what_cannot_be_paired_is_one_line(first, second, said):
    with pytest.raises(UserError, match=said):
        transport.earth_mover(first, second)


class Moved:
    """Its samples are a far point; its critic is 3 times the first number."""

    def sample(self, seeds):
        return tf.tile([[7.0, 1.0]], [len(seeds), 1])

    def discriminator(self, points, training):
        assert training is False
        return 3.0 * points[:, 0]


def test_the_critic_says_its_slope_times_the_distance():
    density = mixture.make([[0, 1], [4, 1]], 1e-4, weights=[0.25, 0.75])
    scalars = transport.CriticCoverage(density, 50)(Moved()).scalars
    exact = scalars["eval/earth_mover/exact"]
    # A quarter has to go 7 and the rest 3; a thousand are not quite so.
    assert exact == pytest.approx(0.25 * 7 + 0.75 * 3, abs=0.2)
    critic = scalars["eval/earth_mover/critic"]
    assert critic == pytest.approx(-3 * exact, rel=1e-3)
    assert 0 < scalars["eval/earth_mover/data"] < 0.3
    assert scalars["eval/modes_captured"] == 0
