"""Real NVP: a density by a change of variables, and of bits a bound."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.nvp import Dequantised, RealNVP


def _random(dimensions, couplings, deviation):
    """Of weights that bend it."""
    flow = RealNVP(dimensions, couplings, units=8)
    rng = np.random.default_rng(7)
    for variable in flow.trainable_variables:
        variable.assign(rng.normal(0, deviation, variable.shape))
    return flow


def test_the_density_is_that_of_the_numerical_jacobian(float64):
    flow = _random(3, 4, 0.5)
    x = np.random.default_rng(0).normal(size=[5, 3])
    step = 1e-5 * np.eye(3)
    slopes = [
        (flow.transform(x + s)[0] - flow.transform(x - s)[0]) / 2e-5
        for s in step
    ]
    jacobian = np.stack(slopes, -1)  # [example, of z, by x].
    z = flow.transform(x)[0].numpy()
    expected = stats.norm.logpdf(z).sum(-1)
    expected += np.log(abs(np.linalg.det(jacobian)))
    np.testing.assert_allclose(flow.log_density(x), expected, rtol=1e-7)
    assert abs(z - x).min() > 1e-3  # Every coordinate is moved.


def test_the_inverse_is_one(float64):
    flow = _random(5, 6, 0.4)
    x = np.random.default_rng(1).normal(size=[20, 5])
    z, _ = flow.transform(tf.constant(x))
    np.testing.assert_allclose(flow.invert(z), x, rtol=1e-9, atol=1e-9)


def test_in_the_plane_the_density_integrates_to_one(float64):
    flow = _random(2, 4, 0.3)
    line = np.linspace(-12, 12, 601)
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1)
    density = np.exp(flow.log_density(grid.reshape(-1, 2)))
    mass = density.sum() * (line[1] - line[0]) ** 2
    np.testing.assert_allclose(mass, 1.0, atol=2e-3)
    assert abs(density.max() - stats.norm.pdf(0) ** 2) > 0.02


def test_the_bound_of_bits_is_below_the_mass_of_their_cells(float64):
    flow = _random(2, 4, 0.4)
    model = Dequantised(flow)
    bits = np.array([*itertools.product([0.0, 1.0], repeat=2)])
    count = 200
    middles = (np.arange(count) + 0.5) / count
    noise = np.stack(np.meshgrid(middles, middles), -1).reshape(-1, 2)
    weights = np.array(
        [model.log_weight(np.broadcast_to(b, noise.shape), noise) for b in bits]
    )
    mass = np.exp(weights).mean(1)
    # The same without the noise: the flow's mass in a square about the origin.
    edge = np.log(0.95 / 0.05)
    line = edge * (2 * (np.arange(800) + 0.5) / 800 - 1)
    grid = np.stack(np.meshgrid(line, line, indexing="ij"), -1)
    density = np.exp(flow.log_density(grid.reshape(-1, 2))).reshape(800, 800)
    cells = density.reshape(2, 400, 2, 400).sum((1, 3)).ravel()
    cells *= (2 * edge / 800) ** 2
    np.testing.assert_allclose(mass, cells, rtol=2e-3)
    bounds = model.log_density(bits)
    assert (weights.mean(1) < np.log(mass)).all()
    spread = weights.std(1) / np.sqrt(20)
    assert (abs(bounds - weights.mean(1)) < 4 * spread).all()


def test_samples_are_the_inverse_of_noise_and_of_bits_its_sign():
    flow = RealNVP(3, 2, units=4)
    for variable in flow.trainable_variables:
        variable.assign(0.3 * np.ones(variable.shape))
    model = Dequantised(flow)
    points, bits = flow.sample(4000, seed=3), model.sample(4000, seed=3)
    np.testing.assert_array_equal(bits, points > 0)
    noise = flow.transform(points)[0].numpy()
    assert stats.kstest(noise.ravel(), "norm").pvalue > 1e-3


def test_one_dimension_has_nothing_to_keep():
    with pytest.raises(UserError, match="two dimensions at least. Received: 1"):
        RealNVP(1)
