"""Moment matching: the discrepancy, and that it is made small."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.models.taxonomy.gmmn import GMMN, squared_discrepancy

BANDWIDTHS = (0.5, 2.0)


def _expected(x, y):
    """Float64, pair by pair."""

    def mean_kernel(a, b):
        values = [
            np.exp(-np.sum((p - q) ** 2) / (2 * s * s))
            for p in a
            for q in b
            for s in BANDWIDTHS
        ]
        return np.sum(values) / (len(a) * len(b))

    return mean_kernel(x, x) + mean_kernel(y, y) - 2 * mean_kernel(x, y)


def test_the_discrepancy_is_that_of_all_pairs():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=[7, 3]), rng.normal(0.4, 1.5, [5, 3])
    received = squared_discrepancy(
        np.float32(x), np.float32(y), BANDWIDTHS
    ).numpy()
    np.testing.assert_allclose(received, _expected(x, y), rtol=1e-5)
    exact = squared_discrepancy(tf.constant(x), tf.constant(y), BANDWIDTHS)
    np.testing.assert_allclose(exact, _expected(x, y), rtol=1e-12)


def test_training_brings_the_moments_to_those_of_the_data():
    rng = np.random.default_rng(1)
    data = np.float32(rng.normal([2.0, -1.0], [0.5, 1.0], [200, 2]))
    model = GMMN(2, 3, 16, bandwidths=(0.5, 1.0, 2.0, 4.0))
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    batches = tf.data.Dataset.from_tensors(data).repeat()
    model.fit(batches, steps_per_epoch=200)
    samples = model.sample(1000, seed=2)
    np.testing.assert_allclose(samples.mean(0), data.mean(0), atol=0.2)
    np.testing.assert_allclose(samples.std(0), data.std(0), atol=0.25)
    np.testing.assert_array_equal(samples, model.sample(1000, seed=2))
    assert not np.array_equal(samples, model.sample(1000, seed=3))
    assert model.log_density(data) is None


def test_samples_that_equal_the_data_stay_numbers():
    model = GMMN(16, 4, 32, bandwidths=(1.0, 4.0), last="sigmoid")
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    blank = tf.data.Dataset.from_tensors(np.zeros([8, 16], np.float32))
    losses = model.fit(blank.repeat(), steps_per_epoch=400).history["loss"]
    assert losses[-1] < 1e-3
    assert model.sample(4, seed=0).max() < 1e-2
    same = np.float32(np.random.default_rng(0).normal(size=[40, 16]))
    with tf.GradientTape() as tape:
        x = tf.constant(same)
        tape.watch(x)
        model.draw = lambda count, seed: x[::-1]
        cost = model.cost(same, None)
    assert np.isfinite(cost) and np.isfinite(tape.gradient(cost, x)).all()


def test_of_bits_samples_are_shares():
    model = GMMN(5, bandwidths=(1.0,), last="sigmoid")
    samples = model.sample(20, seed=0)
    assert samples.shape == (20, 5)
    assert 0 < samples.min() < samples.max() < 1
