"""Bounds of likelihoods that are known."""

import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, stats

from tests.evaluation.likelihood import linear
from tfgan_ref import priors
from tfgan_ref.evaluation.likelihood import annealing, bounds, decoder, path


@pytest.fixture(scope="module")
def chains():
    return annealing.Chains(linear.decoder())


def both(chains, count, distributions, repeats):
    """The bounds of data of its own, less the exact values."""
    x, z = (part.numpy() for part in chains.decoder.draw(count, [3, 1]))
    powers = path.sigmoid(distributions)
    found = (
        bounds.lower(chains, x, powers, [0, 2], repeats),
        bounds.upper(chains, x, z, powers, [0, 3]),
    )
    return [bound.values - linear.exact(x) for bound in found]


def test_of_a_linear_decoder_they_are_within_a_tenth_of_a_nat(chains):
    below, above = both(chains, 200, 400, 4)
    assert -0.1 < below.mean() < 0 < above.mean() < 0.2


def test_of_short_chains_they_are_far_apart_with_the_truth_between(chains):
    below, above = both(chains, 400, 4, 1)
    assert below.mean() < -0.3 and above.mean() > 0.3
    # More chains, or longer ones, are nearer.
    more, _ = both(chains, 400, 4, 8)
    longer, nearer = both(chains, 400, 20, 1)
    assert below.mean() < more.mean() - 0.2 and more.mean() < 0
    assert below.mean() < longer.mean() - 0.2 and longer.mean() < 0.05
    assert nearer.mean() < above.mean() - 0.2


def test_a_batch_has_a_step_size_of_its_own_and_all_values(chains, monkeypatch):
    monkeypatch.setattr(bounds, "_ROWS", 16)
    below, above = both(chains, 18, 100, 4)
    assert below.shape == above.shape == (18,)
    assert abs(below.mean()) < 1 and abs(above.mean()) < 1
    x = np.repeat(linear.X, 6, 0)
    values = bounds.lower(chains, x, path.sigmoid(4), [0, 0], 1).values
    assert len(set(values)) == 12  # Of one x no two chains are alike.


def test_of_uniform_latents_they_bound_the_integral_over_them():
    """x = (z, z^2) of z ~ U(-1, 3), by quadrature."""

    def generate(latents):
        return tf.reshape(tf.concat([latents, latents**2], 1), [-1, 1, 2, 1])

    prior = priors.Uniform(1, -1.0, 3.0)
    found = decoder.of_generator(generate, (1, 2, 1), prior, 0.2)
    x = np.float32([[0.7, 0.9], [2.9, 8.0], [-0.8, 0.1]])

    def density(z, x):
        around = stats.norm([z, z * z], math.sqrt(0.2))
        return around.pdf(x).prod() / 4

    exact = [
        math.log(integrate.quad(density, -1, 3, (one,), points=[0.7, 2.8])[0])
        for one in x
    ]
    below = bounds.lower(
        annealing.Chains(found), x, path.sigmoid(500), [0, 0], 100
    )
    np.testing.assert_allclose(below.values, exact, atol=0.1)


def test_a_mean_has_a_standard_error_of_several():
    score = bounds.mean(np.array([1.0, 2.0, 6.0]))
    # Deviations -2, -1, 3: variance 14 / 2, over three.
    assert score.value == 3
    assert score.error == pytest.approx(math.sqrt(7 / 3))
    assert bounds.mean(np.array([2.5])).error is None
