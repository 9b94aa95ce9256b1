import numpy as np
import pytest

from tfgan_ref import latents

every_prior = pytest.mark.parametrize(
    "prior", [latents.uniform, latents.normal, latents.unit_uniform]
)


@every_prior
def test_latents_are_float32_of_the_shape_asked_for(prior):
    z = prior([3, 5], [1, 2])
    assert z.dtype == "float32"
    assert z.shape == (3, 5)


@every_prior
def test_a_seed_gives_the_same_latents_and_another_one_others(prior):
    z = prior([3, 5], [1, 2]).numpy()
    np.testing.assert_array_equal(prior([3, 5], [1, 2]), z)
    for other in ([1, 3], [2, 2], [2, 1]):
        assert (prior([3, 5], other).numpy() != z).all()


def test_uniform_fills_the_cube_from_minus_one_to_one():
    z = latents.uniform([10_000, 4], [0, 0]).numpy()
    assert z.min() >= -1 and z.max() < 1
    # Standard error of 40 000 values: 0.003 for the mean, 0.0015 for the
    # variance.
    quarters = np.histogram(z, bins=[-1, -0.5, 0, 0.5, 1])[0] / z.size
    np.testing.assert_allclose(quarters, 0.25, atol=0.01)
    np.testing.assert_allclose(z.mean(), 0, atol=0.012)
    np.testing.assert_allclose(z.var(), 1 / 3, atol=0.006)


def test_unit_uniform_fills_the_cube_from_zero_to_one():
    z = latents.unit_uniform([10_000, 4], [0, 0]).numpy()
    assert z.min() >= 0 and z.max() < 1
    # Standard error of 40 000 values: 0.0015 for the mean, 0.0004 for the
    # variance.
    quarters = np.histogram(z, bins=[0, 0.25, 0.5, 0.75, 1])[0] / z.size
    np.testing.assert_allclose(quarters, 0.25, atol=0.01)
    np.testing.assert_allclose(z.mean(), 1 / 2, atol=0.006)
    np.testing.assert_allclose(np.cov(z.T), np.eye(4) / 12, atol=0.003)


def test_normal_has_mean_zero_variance_one_and_no_skew():
    z = latents.normal([10_000, 4], [0, 0]).numpy()
    np.testing.assert_allclose(z.mean(), 0, atol=0.02)
    np.testing.assert_allclose(z.var(), 1, atol=0.03)
    np.testing.assert_allclose((z**4).mean(), 3, atol=0.2)
    np.testing.assert_allclose(np.cov(z.T), np.eye(4), atol=0.05)
