"""What a generator says of the density."""

import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tests.evaluation.likelihood import linear
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.likelihood import decoder

Z = np.float32([[0.4, -1.2], [2.0, 0.3]])


def test_the_density_around_an_image_is_scipys_and_so_is_its_slope():
    value, slope = linear.decoder().log_likelihood(linear.X, tf.constant(Z))
    mean = Z @ linear.WEIGHTS + linear.BIAS
    deviation = math.sqrt(linear.VARIANCE)
    expected = stats.norm(mean, deviation).logpdf(linear.X).sum(1)
    assert value.dtype == tf.float64
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    by_hand = (linear.X - mean) @ linear.WEIGHTS.T / linear.VARIANCE
    np.testing.assert_allclose(slope, by_hand, rtol=1e-5)


@pytest.mark.parametrize("strange", [math.nan, math.inf])
def test_where_z_is_not_finite_the_density_is_0_and_no_others(strange):
    z = np.concatenate([[[strange, 0.1]], Z[1:]]).astype(np.float32)
    value, _ = linear.decoder().log_likelihood(linear.X, tf.constant(z))
    expected, _ = linear.decoder().log_likelihood(linear.X, tf.constant(Z))
    assert value[0] == -math.inf and value[1] == expected[1]


@pytest.mark.parametrize("variance", [0.0, -0.1, math.inf, math.nan])
def test_a_variance_that_is_none_is_one_line(variance):
    with pytest.raises(UserError, match=f"variance .*Received: {variance}$"):
        linear.decoder(variance)


def test_images_that_do_not_depend_on_z_are_one_line():
    constant = decoder.Decoder(lambda z: tf.zeros([2, 3]), 2, 3, 0.1)
    with pytest.raises(UserError, match="depend on z"):
        constant.log_likelihood(linear.X, tf.constant(Z))


def test_data_of_its_own_are_of_z_and_of_noise_both_by_the_seed():
    x, z = linear.decoder().draw(4000, [7, 2**32 - 1])
    again, _ = linear.decoder().draw(4000, [7, 2**32 - 1])
    other, _ = linear.decoder().draw(4000, [8, 2**32 - 1])
    np.testing.assert_array_equal(x, again)
    assert np.abs(x - other).mean() > 0.1
    assert stats.kstest(np.ravel(z), "norm").statistic < 0.02
    noise = (x - z @ linear.WEIGHTS - linear.BIAS) / math.sqrt(linear.VARIANCE)
    assert stats.kstest(np.ravel(noise), "norm").statistic < 0.02


def generate(latents):
    """An image of one pixel more than there are latents."""
    padded = tf.pad(latents, [[0, 0], [0, 1]], constant_values=0.25)
    return tf.reshape(padded, [-1, 3, 1, 1])


@pytest.mark.parametrize(
    ("prior", "latents"),
    [
        (priors.Normal(2), lambda z: z),
        (priors.Uniform(2), lambda z: 2 * stats.norm.cdf(z) - 1),
        (priors.Uniform(2, 0.5, 3), lambda z: 0.5 + 2.5 * stats.norm.cdf(z)),
    ],
    ids=["normal", "uniform", "between"],
)
def test_latents_have_the_prior_s_law(prior, latents):
    found = decoder.of_generator(generate, (3, 1, 1), prior, 0.1)
    assert (found.dim, found.values, found.variance) == (2, 3, 0.1)
    expected = np.pad(latents(Z), [(0, 0), (0, 1)], constant_values=0.25)
    np.testing.assert_allclose(found.mean(Z), expected, rtol=1e-5)


def test_latents_of_another_law_are_one_line():
    for prior in (
        priors.Categorical(3),
        priors.Product(latents=priors.Normal(2), code=priors.Categorical(3)),
    ):
        with pytest.raises(UserError, match=r"normal or uniform .*Categorical"):
            decoder.of_generator(generate, (3, 1, 1), prior, 0.1)


def test_pixels_are_within_their_levels():
    levels = np.random.default_rng(3).integers(0, 256, (50, 4, 5, 1), np.uint8)
    x = decoder.of_levels(levels, 1)
    assert x.shape == (50, 20) and x.dtype == np.float32
    np.testing.assert_array_equal(x * 256 // 1, levels.reshape(50, 20))
    within = x * 256.0 - levels.reshape(50, 20)
    assert stats.kstest(within.ravel(), "uniform").statistic < 0.05
    assert (x != decoder.of_levels(levels, 2)).all()
