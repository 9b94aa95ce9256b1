"""scikit-learn's RBM with the Z that it does not give."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy.rbm import RBM


def states(count):
    return np.array([*itertools.product([0.0, 1.0], repeat=count)])


def _random(visible, hidden, **how):
    rbm = RBM(visible, hidden, batch_size=4, **how)
    rng = np.random.default_rng(visible)
    of = rbm.machine
    of.components_ = rng.normal(0, 1, [hidden, visible])
    of.intercept_visible_ = rng.normal(0.3, 1, visible)
    of.intercept_hidden_ = rng.normal(-0.3, 1, hidden)
    return rbm


def _law(rbm):
    """P(v), from the energy of every pair of states."""
    of = rbm.machine
    v, h = states(rbm.dimensions), states(len(of.components_))
    energy = -(v @ of.intercept_visible_)[:, None] - h @ of.intercept_hidden_
    energy -= v @ of.components_.T @ h.T
    mass = np.exp(-energy).sum(1)
    return v, mass, mass / mass.sum()


@pytest.mark.parametrize(("visible", "hidden"), [(3, 5), (6, 2)])
def test_the_density_is_that_of_all_pairs_of_states(visible, hidden):
    rbm = _random(visible, hidden)
    v, mass, law = _law(rbm)
    np.testing.assert_allclose(rbm.log_partition(), np.log(mass.sum()))
    np.testing.assert_allclose(rbm.log_mass(v), np.log(mass))
    np.testing.assert_allclose(rbm.log_density(v), np.log(law))
    assert rbm.parameters == visible * hidden + visible + hidden


def test_the_pseudo_likelihood_of_the_library_has_the_same_energy():
    rbm = _random(4, 3)
    v, _, law = _law(rbm)
    of = rbm.machine
    of.n_features_in_ = 4
    # The library flips one bit that it draws, and counts it four times.
    flipped = np.random.RandomState(0).randint(0, 4, len(v))
    others = v.copy()
    others[np.arange(16), flipped] = 1 - v[np.arange(16), flipped]
    numbers = others.astype(int) @ [8, 4, 2, 1]
    expected = 4 * np.log(law / (law + law[numbers]))
    np.testing.assert_allclose(of.score_samples(v), expected)


def test_samples_are_of_the_law_and_repeat():
    rbm = _random(3, 2, chain=60)
    _, _, law = _law(rbm)
    samples = rbm.sample(8000, seed=4)
    np.testing.assert_array_equal(samples, rbm.sample(8000, seed=4))
    found = np.bincount(samples.astype(int) @ [4, 2, 1], minlength=8) / 8000
    np.testing.assert_allclose(found, law, atol=4 * np.sqrt(0.25 / 8000))


def test_fitting_raises_the_likelihood_towards_the_entropy():
    bits = np.float32([[1, 0, 1]] * 30 + [[0, 1, 1]] * 15 + [[1, 1, 0]] * 5)
    rbm = RBM(3, 4, batch_size=50, learning_rate=0.5, seed=0)
    batches = tf.data.Dataset.from_tensors(bits).repeat()
    rbm.fit(batches, steps_per_epoch=1500)
    shares = np.array([30, 15, 5]) / 50
    entropy = special.entr(shares).sum()
    assert entropy < -rbm.log_density(bits).mean() < entropy + 0.35


def test_a_sum_over_too_many_states_is_refused():
    with pytest.raises(UserError, match="20 units at most. Received: 21 in"):
        _random(30, 21).log_density(np.zeros([1, 30]))
