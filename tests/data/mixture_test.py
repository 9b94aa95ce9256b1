import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, stats

from tfgan_ref.data import mixture
from tfgan_ref.errors import UserError

# Unequal in every respect.
MEANS, SCALES, WEIGHTS = [-1.5, 0.5, 3.0], [0.4, 1.0, 0.2], [2.0, 5.0, 3.0]
MODES = list(zip([0.2, 0.5, 0.3], MEANS, SCALES, strict=True))


def one_dimensional():
    return mixture.make(MEANS, SCALES, WEIGHTS)


def two_dimensional():
    return mixture.make([[1.0, -2.0], [0.0, 3.0]], [0.5, 2.0], [1.0, 3.0])


def test_density_is_the_weighted_sum_of_the_gaussians():
    x = np.linspace(-4, 5, 37)
    expected = sum(w * stats.norm(m, s).pdf(x) for w, m, s in MODES)
    received = one_dimensional().log_prob(x[:, np.newaxis])
    assert received.shape == (37,)
    np.testing.assert_allclose(received, np.log(expected), rtol=1e-12)


def test_density_in_two_dimensions_is_the_weighted_sum_too():
    points = np.random.default_rng(0).normal(0, 2, (3, 5, 2))
    expected = 0.25 * stats.multivariate_normal([1, -2], 0.25).pdf(points)
    expected += 0.75 * stats.multivariate_normal([0, 3], 4.0).pdf(points)
    received = two_dimensional().log_prob(points)
    assert received.shape == (3, 5)
    np.testing.assert_allclose(received, np.log(expected), rtol=1e-12)


def test_density_integrates_to_one():
    x = np.linspace(-15, 15, 6001)
    density = np.exp(one_dimensional().log_prob(x[:, np.newaxis]))
    np.testing.assert_allclose(integrate.simpson(density, x=x), 1, rtol=1e-9)


def test_density_of_float32_points_is_float32_and_finite_far_away():
    log_prob = one_dimensional().log_prob(tf.constant([[0.5], [1e4]]))
    assert log_prob.dtype == tf.float32
    assert np.isfinite(log_prob).all()


def test_gradient_of_the_log_density_is_the_score():
    x = tf.constant([[0.3], [2.9]], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        log_prob = one_dimensional().log_prob(x)
    received = tape.gradient(log_prob, x)[:, 0]
    x = x[:, 0].numpy()
    densities = [w * stats.norm(m, s).pdf(x) for w, m, s in MODES]
    score = sum(
        density * (m - x) / s**2
        for density, (_, m, s) in zip(densities, MODES, strict=True)
    ) / sum(densities)
    np.testing.assert_allclose(received, score, rtol=1e-10)


def test_samples_in_one_dimension_have_the_distribution():
    samples = one_dimensional().sample(20_000, [3, 1])
    assert samples.dtype == tf.float32
    assert samples.shape == (20_000, 1)

    def distribution(x):
        return sum(w * stats.norm(m, s).cdf(x) for w, m, s in MODES)

    test = stats.kstest(samples.numpy()[:, 0], distribution)
    assert test.pvalue > 1e-3


def test_samples_in_two_dimensions_have_the_moments():
    samples = two_dimensional().sample(40_000, [3, 1]).numpy()
    # Means and covariance of the mixture, by the law of total covariance.
    mean = np.array([0.25, 1.75])
    between = 0.25 * 0.75 * np.outer([1, -5], [1, -5])
    covariance = (0.25 * 0.25 + 0.75 * 4) * np.eye(2) + between
    errors = np.sqrt(np.diag(covariance) / 40_000)
    assert (np.abs(samples.mean(0) - mean) < 4 * errors).all()
    np.testing.assert_allclose(np.cov(samples.T), covariance, atol=0.1)


def test_samples_are_a_function_of_the_seed():
    data = two_dimensional()
    seeds = ([1, 2], [1, 2], [1, 3], [2, 2])
    one, same, *others = (data.sample(50, seed).numpy() for seed in seeds)
    np.testing.assert_array_equal(one, same)
    for other in others:
        assert not (other == one).any()


def test_samples_are_the_same_compiled():
    data = two_dimensional()
    compiled = tf.function(lambda: data.sample(50, [1, 2]), jit_compile=True)()
    np.testing.assert_allclose(compiled, data.sample(50, [1, 2]), rtol=1e-5)


def test_one_deviation_and_no_weights_are_those_of_all():
    data = mixture.make([1.0, 4.0], 0.5)
    np.testing.assert_array_equal(data.means, [[1.0], [4.0]])
    np.testing.assert_array_equal(data.scales, [0.5, 0.5])
    np.testing.assert_array_equal(data.weights, [0.5, 0.5])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([],), r"Received: \[\]"),
        (([0.0, np.nan], 1.0), r"Received: \[\[0.0\], \[nan\]\]"),
        (([0.0, 1.0], 0.0), r"`scales` must be positive.* Received: 0.0"),
        (([0.0, 1.0], [1.0, -2.0]), r"`scales`.* Received: \[1.0, -2.0\]"),
        (([0.0, 1.0], [1.0]), r"`scales`.* 2 of them. Received: \[1.0\]"),
        (([0.0, 1.0], 1.0, [1.0, 0.0]), r"`weights`.* Received: \[1.0, 0.0\]"),
        (([0.0, 1.0], 1.0, [1.0, np.inf]), "`weights`"),
    ],
)
def test_numbers_out_of_range_are_refused(arguments, message):
    arguments = arguments if len(arguments) > 1 else (*arguments, 1.0)
    with pytest.raises(UserError, match=message):
        mixture.make(*arguments)
