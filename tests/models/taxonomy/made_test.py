"""MADE: a law of bits, each given those before it."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.made import MADE

STATES = np.array([*itertools.product([0.0, 1.0], repeat=12)])


@pytest.fixture
def model(float64):
    """Of weights large enough that the bits depend on one another."""
    made = MADE(12, (200, 90), seed=3)
    rng = np.random.default_rng(0)
    for variable in made.trainable_variables:
        variable.assign(rng.normal(0, 0.25, variable.shape))
    return made


def test_the_4096_states_of_twelve_bits_sum_to_one(model):
    mass = np.exp(model.log_density(STATES))
    np.testing.assert_allclose(mass.sum(), 1.0, rtol=1e-12)
    assert mass.max() > 10 * np.median(mass)


def test_a_bit_depends_on_all_before_it_and_on_no_other(model):
    x = tf.constant(np.random.default_rng(1).uniform(size=[50, 12]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model.network(x)
    jacobian = tape.batch_jacobian(logits, x).numpy()
    depends = (jacobian != 0).any(0)
    # Rows and columns in the order in which the bits are drawn.
    ordered = depends[model.order][:, model.order]
    np.testing.assert_array_equal(ordered, np.tri(12, 12, -1, bool))


def test_samples_have_the_frequencies_of_the_law():
    keras.utils.set_random_seed(2)
    made = MADE(3, (9,), seed=1)
    for variable in made.trainable_variables:
        variable.assign(4.0 * variable)
    states = STATES[:8, -3:].astype(np.float32)
    law = np.exp(made.log_density(states))
    assert law.max() > 2 * law.min()
    samples = made.sample(20_000, seed=5)
    np.testing.assert_array_equal(samples, made.sample(20_000, seed=5))
    found = np.bincount(samples.astype(int) @ [4, 2, 1], minlength=8) / 20_000
    np.testing.assert_allclose(found, law, atol=4 * np.sqrt(0.25 / 20_000))


def test_fitting_finds_a_law_whose_bits_depend_on_one_another():
    rng = np.random.default_rng(4)
    first = rng.random(600) < 0.3
    same = np.where(rng.random(600) < 0.9, first, ~first)
    bits = np.float32(np.stack([first, rng.random(600) < 0.8, same], 1))
    made = MADE(3, (16,), seed=0)
    made.compile(optimizer=keras.optimizers.Adam(0.02))
    data = tf.data.Dataset.from_tensors(bits).repeat()
    made.fit(data, steps_per_epoch=150)
    shares = np.unique(bits, axis=0, return_counts=True)[1] / 600
    entropy = -np.sum(shares * np.log(shares))
    assert entropy < -made.log_density(bits).mean() < entropy + 0.02


def test_decay_pulls_all_weights_by_their_own_size():
    bits = tf.constant([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
    with_decay = MADE(3, (5,), decay=0.25, seed=0)
    squares = sum(np.sum(x.numpy() ** 2) for x in with_decay.variables)
    added = with_decay.cost(bits, None) + with_decay.log_density(bits).mean()
    np.testing.assert_allclose(added, 0.125 * squares, rtol=1e-5)


def test_one_bit_has_no_order():
    with pytest.raises(UserError, match="two bits at least. Received: 1"):
        MADE(1)
