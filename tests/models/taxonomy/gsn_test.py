"""The chain of a GSN, on three bits."""

import itertools

import keras
import numpy as np
import tensorflow as tf
from scipy import special

from tfgan_ref.models.taxonomy.gsn import GSN

STATES = np.array([*itertools.product([0.0, 1.0], repeat=3)])
FLIPS = 0.2


def _transitions(model):
    """P(next | now), `[8, 8]`, by the definition."""
    apart = abs(STATES[:, None] - STATES).sum(-1)
    corrupted = FLIPS**apart * (1 - FLIPS) ** (3 - apart)
    p = special.expit(model.network(np.float32(STATES)).numpy())[:, None]
    restored = np.where(STATES == 1, p, 1 - p).prod(-1)
    return corrupted @ restored


def _stationary(transitions):
    return np.linalg.matrix_power(transitions, 500)[0]


def _frequencies(model, count):
    samples = model.sample(count, seed=6).astype(int)
    return np.bincount(samples @ [4, 2, 1], minlength=8) / count


def test_the_chain_comes_to_the_stationary_law_of_its_two_moves():
    model = GSN(3, 8, flips=FLIPS, chain=30)
    rng = np.random.default_rng(1)
    for variable in model.trainable_variables:
        variable.assign(rng.normal(0, 0.8, variable.shape))
    law = _stationary(_transitions(model))
    assert law.max() > 2 * law.min()
    found = _frequencies(model, 20_000)
    np.testing.assert_allclose(found, law, atol=4 * np.sqrt(0.25 / 20_000))


def test_with_the_posterior_of_the_data_it_is_the_law_of_the_data():
    share = np.array([0.15, 0.5, 0.7])  # Of ones, bit by bit.
    model = GSN(3, hidden=0, flips=FLIPS, chain=30)
    # Bayes: log odds of the bit, and what its seen value says of it.
    says = np.log((1 - FLIPS) / FLIPS)
    (dense,) = (x for x in model.network.layers if x.weights)
    dense.set_weights([2 * says * np.eye(3), special.logit(share) - says])
    data = np.where(STATES == 1, share, 1 - share).prod(-1)
    law = _stationary(_transitions(model))
    np.testing.assert_allclose(law, data, rtol=1e-5)
    found = _frequencies(model, 20_000)
    np.testing.assert_allclose(found, data, atol=4 * np.sqrt(0.25 / 20_000))


def test_training_finds_that_posterior():
    share = np.array([0.15, 0.5, 0.7])
    bits = np.float32(np.random.default_rng(2).random([4000, 3]) < share)
    model = GSN(3, hidden=0, flips=FLIPS, walkback=1, chain=20)
    model.compile(optimizer=keras.optimizers.Adam(0.05))
    batches = tf.data.Dataset.from_tensors(bits).repeat()
    model.fit(batches, steps_per_epoch=200)
    says = np.log((1 - FLIPS) / FLIPS)
    kernel, bias = model.network.get_weights()
    np.testing.assert_allclose(kernel, 2 * says * np.eye(3), atol=0.3)
    np.testing.assert_allclose(bias, special.logit(share) - says, atol=0.3)
    assert model.log_density(bits) is None


def test_walking_back_costs_the_mean_over_its_steps():
    model = GSN(3, 4, flips=FLIPS, walkback=3)
    for variable in model.trainable_variables:
        variable.assign(tf.zeros(variable.shape))
    model.network.layers[-1].bias.assign([0.0, 1.0, -2.0])
    bits = tf.constant([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    cost = model.cost(bits, tf.constant([0, 1], tf.int64))
    # The logits are the same whatever is seen.
    p = special.expit([0.0, 1.0, -2.0])
    x = bits.numpy()
    expected = -np.log(np.where(x == 1, p, 1 - p)).sum(-1).mean()
    np.testing.assert_allclose(cost, expected, rtol=1e-5)
