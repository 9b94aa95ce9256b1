"""Chains beside the Gaussians that they should end as, and beside NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.plug_and_play import Chain

RNG = np.random.default_rng(3)
MEAN = np.array([0.7, -0.4])
COVARIANCE = np.array([[1.5, 0.6], [0.6, 0.8]])
DISTURBANCE = 0.5
# y = [1, -2] h + N(0, 0.5^2), and y = 1.3 was seen.
SEEN_BY, SEEN, ERROR = np.array([1.0, -2.0]), 1.3, 0.5


def restored(codes):
    """E(h | h + noise) of N(MEAN, COVARIANCE): the best autoencoder."""
    gain = COVARIANCE @ np.linalg.inv(smoothed())
    return MEAN + (codes - MEAN) @ np.float32(gain.T)


def smoothed():
    return COVARIANCE + DISTURBANCE**2 * np.eye(2)


def log_probability(codes):
    difference = tf.linalg.matvec(codes, np.float32(SEEN_BY)) - SEEN
    return -0.5 * tf.square(difference / ERROR)


def ends(chain, look, count=4000):
    """Where chains end that start far away."""
    start = np.full((count, 2), 4.0, np.float32)
    noise = RNG.normal(size=(count, chain.steps, 2)).astype(np.float32)
    run = tf.function(lambda a, b: chain.run(a, b, look), autograph=False)
    return run(start, noise).numpy()


def langevin(size, **how):
    """Langevin's chain of small steps, as the docstring has it."""
    return Chain(
        steps=400,
        prior_weight=size / (2 * DISTURBANCE**2),
        condition_weight=size / 2,
        noise_weight=np.sqrt(size),
        highest=None,
        **how,
    )


def check_law(codes, mean, covariance):
    """Means and covariances of a sample, and of what it should be from."""
    error = np.sqrt(np.diag(covariance) / len(codes))
    assert np.all(abs(codes.mean(0) - mean) < 4 * error + 0.02)
    np.testing.assert_allclose(np.cov(codes.T), covariance, atol=0.12)


def test_what_the_best_autoencoder_takes_away_is_the_score():
    codes = RNG.normal(size=(6, 2))
    density = np.linalg.inv(smoothed())
    score = -(codes - MEAN) @ density
    received = (restored(codes) - codes) / DISTURBANCE**2
    np.testing.assert_allclose(received, score, atol=1e-6)
    # It is the best: any other linear one errs more on drawn codes.
    drawn = RNG.multivariate_normal(MEAN, COVARIANCE, 20_000)
    disturbed = drawn + DISTURBANCE * RNG.normal(size=drawn.shape)
    rows = np.column_stack([disturbed, np.ones(len(drawn))])
    fitted, *_ = np.linalg.lstsq(rows, drawn, rcond=None)
    probe = np.column_stack([codes, np.ones(6)]) @ fitted
    np.testing.assert_allclose(probe, restored(codes), atol=0.03)


def test_without_a_condition_the_chain_is_the_smoothed_law():
    chain = langevin(0.05)
    codes = ends(chain, lambda codes: (restored(codes), tf.zeros(4000)))
    check_law(codes, MEAN, smoothed())


def test_with_a_condition_it_is_the_law_of_both():
    def look(codes):
        return restored(codes), log_probability(codes)

    precision = np.linalg.inv(smoothed())
    seen = np.outer(SEEN_BY, SEEN_BY) / ERROR**2
    covariance = np.linalg.inv(precision + seen)
    mean = covariance @ (precision @ MEAN + SEEN_BY * SEEN / ERROR**2)
    check_law(ends(langevin(0.05), look), mean, covariance)


@pytest.mark.parametrize("highest", [2.0, None])
@pytest.mark.parametrize("normalized", [True, False])
def test_steps_are_the_released_ones(normalized, highest):
    chain = Chain(
        steps=4,
        prior_weight=0.3,
        condition_weight=0.7,
        noise_weight=0.2,
        step_size=0.8,
        last_step_size=0.1,
        normalized=normalized,
        highest=highest,
    )
    start = RNG.normal(size=(3, 5)).astype(np.float32)
    noise = RNG.normal(size=(3, 4, 5)).astype(np.float32)
    h = np.float64(start)
    for step in range(4):
        size = 0.8 + (0.1 - 0.8) * step / 4
        # R(h) = h^2, log p = sum h^3 / 3.
        d = 0.3 * (h**2 - h) + 0.7 * h**2 + 0.2 * noise[:, step]
        if normalized:
            d /= np.abs(d).mean(1, keepdims=True)
        h = h + size * d
        if highest:
            h = np.clip(h, 0, highest)
    received = chain.run(
        tf.constant(start),
        noise,
        lambda codes: (codes**2, tf.reduce_sum(codes**3 / 3, -1)),
    )
    np.testing.assert_allclose(received, h, rtol=1e-4, atol=1e-5)


def test_where_nothing_pulls_a_normalized_chain_stays():
    chain = Chain(steps=3, noise_weight=0.0, normalized=True)
    start = tf.constant([[1.0, 2.0]])
    end = chain.run(start, tf.zeros([1, 3, 2]), lambda h: (h, tf.zeros(1)))
    np.testing.assert_array_equal(end, start)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps": 0}, "`steps` must be positive. Received: 0"),
        ({"noise_weight": -1.0}, "`noise_weight` must be at least 0. "),
        ({"highest": 0.0}, "`highest` must be positive. Received: 0.0"),
    ],
)
def test_what_is_out_of_range_is_one_line(given, said):
    with pytest.raises(UserError, match=said):
        Chain(**given)
