import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.losses import feature_matching

# Exact in bfloat16; their differences are 1.5, -3, 0 and 0.25.
REAL = [2.0, -1.0, 0.5, 0.75]
FAKE = [0.5, 2.0, 0.5, 0.5]

both_precisions = pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
every_distance = pytest.mark.parametrize(
    "distance",
    [feature_matching.mean_squared, feature_matching.mean_absolute],
)


def gradients(distance, *means):
    means = [tf.constant(mean) for mean in means]
    with tf.GradientTape() as tape:
        tape.watch(means)
        cost = distance(*means)
    return tape.gradient(cost, means)


@both_precisions
@pytest.mark.parametrize(
    "distance, expected",
    [
        (feature_matching.mean_squared, (2.25 + 9.0 + 0.0 + 0.0625) / 4),
        (feature_matching.mean_absolute, (1.5 + 3.0 + 0.0 + 0.25) / 4),
    ],
)
def test_distance_is_the_mean_over_the_features(distance, expected, dtype):
    cost = distance(tf.constant(REAL, dtype), tf.constant(FAKE, dtype))
    assert cost.dtype == tf.float32
    assert cost.shape == ()
    np.testing.assert_allclose(cost, expected, rtol=1e-6)


def test_squared_distance_pulls_each_mean_by_its_difference():
    of_real, of_fake = gradients(feature_matching.mean_squared, REAL, FAKE)
    expected = np.array([1.5, -3.0, 0.0, 0.25]) * 2 / 4
    np.testing.assert_allclose(of_real, expected, rtol=1e-6)
    np.testing.assert_allclose(of_fake, -expected, rtol=1e-6)


def test_absolute_distance_pulls_each_mean_alike():
    of_real, of_fake = gradients(feature_matching.mean_absolute, REAL, FAKE)
    expected = np.array([1.0, -1.0, 0.0, 1.0]) / 4  # 0 where they agree.
    np.testing.assert_allclose(of_real, expected, rtol=1e-6)
    np.testing.assert_allclose(of_fake, -expected, rtol=1e-6)


@every_distance
def test_small_differences_of_half_precision_features_are_not_rounded(
    distance,
):
    # 256 - 1/128 needs 16 bits, of which bfloat16 has 8.
    real = tf.constant([256.0, 256.0], "bfloat16")
    fake = tf.constant([0.0078125, 0.0], "bfloat16")
    differences = np.array([256 - 0.0078125, 256.0])
    expected = {
        feature_matching.mean_squared: np.mean(differences**2),
        feature_matching.mean_absolute: np.mean(differences),
    }[distance]
    np.testing.assert_allclose(distance(real, fake), expected, rtol=1e-6)
