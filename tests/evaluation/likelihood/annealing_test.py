"""Weights of chains, of a decoder whose likelihood is known."""

import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tests.evaluation.likelihood import linear
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.likelihood import annealing, decoder, path

COUNT = 3000


@pytest.fixture(scope="module")
def chains():
    return annealing.Chains(linear.decoder())


def start(count=COUNT):
    """One x, and as many z of the prior."""
    rng = np.random.default_rng(1)
    x = np.repeat(linear.X[:1], count, 0)
    return x, rng.normal(size=(count, 2)).astype(np.float32)


def test_without_a_distribution_between_the_weight_is_the_likelihood(chains):
    x, z = start(5)
    expected, _ = linear.decoder().log_likelihood(x, tf.constant(z))
    forth = chains.run(x, z, [0.0, 1.0], [0, 0])
    back = chains.run(x, z, [1.0, 0.0], [0, 0])
    np.testing.assert_allclose(forth.log_weights, expected, rtol=1e-6)
    np.testing.assert_allclose(back.log_weights, -expected, rtol=1e-6)
    assert forth.log_weights.dtype == np.float64


def test_the_mean_weight_is_without_bias_in_either_direction():
    """Of a path too short for the chains to follow."""
    exact = linear.exact(linear.X[0], 4.0)
    chains = annealing.Chains(linear.decoder(4.0))
    x, z = start()
    powers = path.sigmoid(6)
    forth = chains.run(x, z, powers, [0, 1])
    back = chains.run(x, linear.draw(x[0], COUNT, 4.0), powers[::-1], [0, 2])
    for found, expected in ((forth, exact), (back, -exact)):
        assert found.log_weights.std() > 0.3
        mean = special.logsumexp(found.log_weights) - math.log(COUNT)
        assert mean == pytest.approx(expected, abs=0.06)


def test_chains_end_in_the_posterior(chains):
    x, z = start()
    found = chains.run(x, z, path.sigmoid(400), [0, 3])
    mean, covariance = linear.posterior(x[0])
    np.testing.assert_allclose(found.z.mean(0), mean, atol=0.05)
    np.testing.assert_allclose(np.cov(found.z.T), covariance, atol=0.05)
    exact = linear.exact(x[0])
    assert exact - 0.2 < found.log_weights.mean() < exact
    assert 0.5 < found.acceptance < 1 and 0.01 < found.step <= 0.5


def test_they_are_a_function_of_the_seed_and_not_of_blocks(chains, monkeypatch):
    x, z = start(4)
    powers = path.sigmoid(12)
    first = chains.run(x, z, powers, [5, 7])
    monkeypatch.setattr(annealing, "_BLOCK", 3)
    again = chains.run(x, z, powers, [5, 7])
    np.testing.assert_array_equal(first.log_weights, again.log_weights)
    assert first.acceptance == pytest.approx(again.acceptance)
    other = chains.run(x, z, powers, [6, 7])
    assert np.abs(first.log_weights - other.log_weights).min() > 0


def test_chains_that_diverge_say_how_many_moves_were_accepted():
    diverging = annealing.Chains(linear.decoder(1e-12))
    x, z = start(4)
    with pytest.raises(UserError, match=r"0\.0% of moves accepted") as error:
        diverging.run(x, z, path.sigmoid(10), [0, 0])
    text = str(error.value)
    assert "\n" not in text and "larger variance" in text
    assert "steps of 0.008" in text  # .01 * .98^9, and all weights finite.
    assert "100.0% of weights finite" in text


def test_images_that_are_not_finite_are_one_line():
    nowhere = decoder.Decoder(lambda z: z * math.nan, 2, 2, 0.1)
    x, z = start(4)
    with pytest.raises(UserError, match=r" 0\.0% of weights finite$"):
        annealing.Chains(nowhere).run(x[:, :2], z, path.sigmoid(3), [0, 0])
