import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import least_squares

REAL = [2.0, -1.0, 0.25]
FAKE = [0.5, -3.0, 7.0]
# (a, b, c): the default, Pearson's (eq. 8), any other.
CODINGS = [(0.0, 1.0, 1.0), (-1.0, 1.0, 0.0), (0.25, 0.75, -2.0)]

both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
every_coding = pytest.mark.parametrize(("a", "b", "c"), CODINGS)


def gradient(loss, *logits):
    logits = [tf.convert_to_tensor(values) for values in logits]
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = loss(*logits)
    return tape.gradient(cost, logits)


@both_precisions
@every_coding
def test_costs_are_squared_distances_from_the_targets(a, b, c, dtype):
    real, fake = tf.constant(REAL, dtype), tf.constant(FAKE, dtype)
    of_discriminator = least_squares.least_squares_discriminator_loss(
        real, fake, real_target=b, fake_target=a
    )
    of_generator = least_squares.least_squares_generator_loss(fake, target=c)
    for costs in (of_discriminator, of_generator):
        assert costs.dtype == tf.float32
        assert costs.shape == (3,)
    real, fake = np.float64(REAL), np.float64(FAKE)
    np.testing.assert_allclose(
        of_discriminator, (real - b) ** 2 + (fake - a) ** 2, rtol=1e-6
    )
    np.testing.assert_allclose(of_generator, (fake - c) ** 2, rtol=1e-6)


def test_default_is_the_0_1_coding():
    costs = least_squares.least_squares_discriminator_loss(
        tf.constant([3.0]), tf.constant([5.0])
    )
    np.testing.assert_allclose(costs, [4 + 25], rtol=1e-6)
    costs = least_squares.least_squares_generator_loss(tf.constant([5.0]))
    np.testing.assert_allclose(costs, [16], rtol=1e-6)


def test_gradients_are_twice_the_distances():
    of_real, of_fake = gradient(
        least_squares.least_squares_discriminator_loss, REAL, FAKE
    )
    np.testing.assert_allclose(of_real, [2.0, -4.0, -1.5], rtol=1e-6)
    np.testing.assert_allclose(of_fake, [1.0, -6.0, 14.0], rtol=1e-6)
    (of_fake,) = gradient(least_squares.least_squares_generator_loss, FAKE)
    np.testing.assert_allclose(of_fake, [-1.0, -8.0, 12.0], rtol=1e-6)


def test_pearson_coding_measures_chi_squared_at_the_optimum():
    # Eq. 7: 2 C(G) = chi^2(p_data + p_g || 2 p_g), on three points.
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])
    optimum = tf.Variable([0.3, -0.2, 0.1], dtype=tf.float64)
    optimum.assign((p - q) / (p + q))  # Eq. 5 with a = -1, b = 1.

    def discriminator_cost(d):
        d = tf.cast(d, tf.float32)
        of_real = least_squares.least_squares_discriminator_loss(
            d, -tf.ones(3), real_target=1.0, fake_target=-1.0
        )
        of_fake = least_squares.least_squares_discriminator_loss(
            tf.ones(3), d, real_target=1.0, fake_target=-1.0
        )
        return tf.reduce_sum(p * np.float64(of_real) + q * np.float64(of_fake))

    least = discriminator_cost(optimum)
    for place in range(3):
        for step in (-0.05, 0.05):
            moved = optimum + step * tf.one_hot(place, 3, dtype=tf.float64)
            assert discriminator_cost(moved) > least + 1e-4
    # Eq. 6: the generator's objective, to which E_p (D - c)^2 is added.
    of_samples = least_squares.least_squares_generator_loss(optimum, target=0.0)
    total = np.sum((p + q) * np.float64(of_samples))
    chi_squared = np.sum((2 * q - (p + q)) ** 2 / (p + q))
    np.testing.assert_allclose(total, chi_squared, rtol=1e-6)


@both_precisions
def test_costs_and_gradients_stay_finite(dtype):
    real = tf.constant([1e4, -1e4], dtype)
    size = float(tf.cast(real, tf.float32)[0])
    costs = least_squares.least_squares_discriminator_loss(real, -real)
    expected = [(size - 1) ** 2 + size**2, (size + 1) ** 2 + size**2]
    np.testing.assert_allclose(costs, expected, rtol=1e-6)
    np.testing.assert_allclose(
        least_squares.least_squares_generator_loss(real),
        [(size - 1) ** 2, (size + 1) ** 2],
        rtol=1e-6,
    )
    received = gradient(
        least_squares.least_squares_discriminator_loss, real, -real
    )
    for of_logits in received:
        assert np.isfinite(np.float64(of_logits)).all()
