"""Priors of the plane: where rows of a class are, and of which seeds."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import labelled_priors, priors
from tfgan_ref.errors import UserError
from tfgan_ref.labelled_priors import GaussianRing, SwissRoll

COUNT = 4000
every = pytest.mark.parametrize(
    "prior", [GaussianRing(7, 2.0, 0.3, 0.1), SwissRoll(4)], ids=repr
)


def drawn(prior, seed=(3, 1)):
    labels, numbers = prior.parts(COUNT, list(seed))
    return labels.numpy(), prior.place(labels, numbers).numpy()


def test_rows_of_a_ring_are_long_towards_the_middle():
    labels, rows = drawn(GaussianRing(7, 2.0, 0.3, 0.1))
    # Turned back, every Gaussian lies on the first axis.
    turned = rows @ [1, 1j] * np.exp(-2j * np.pi * labels / 7)
    np.testing.assert_allclose(turned.real.mean(), 2.0, atol=0.02)
    np.testing.assert_allclose(turned.imag.mean(), 0.0, atol=0.01)
    np.testing.assert_allclose(turned.real.std(), 0.3, rtol=0.05)
    np.testing.assert_allclose(turned.imag.std(), 0.1, rtol=0.05)
    default = GaussianRing()
    assert default.get_config() == {
        "classes": 10,
        "radius": 1.4,
        "radial": 0.5,
        "tangential": 0.05,
    }


def test_rows_of_a_roll_are_on_a_spiral_in_the_order_of_classes():
    labels, rows = drawn(SwissRoll(4))
    radius = np.hypot(*rows.T)
    angle = 4 * np.pi * radius / 3
    spiral = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    np.testing.assert_allclose(rows, spiral, atol=1e-4)
    # u is uniform, and a class has a fourth of it.
    u = (radius / 3) ** 2
    np.testing.assert_array_equal(np.floor(4 * u - 1e-6).clip(0), labels)
    np.testing.assert_allclose(np.quantile(u, 0.3), 0.3, atol=0.03)


@every
def test_all_classes_are_drawn_alike_and_seeds_tell(prior):
    labels, rows = drawn(prior)
    counts = np.bincount(labels, minlength=prior.classes)
    expected = COUNT / prior.classes
    assert (abs(counts - expected) < 5 * np.sqrt(expected)).all()
    np.testing.assert_array_equal(prior.draw(COUNT, [3, 1]), rows)
    assert (prior.draw(COUNT, [3, 2]).numpy() != rows).any(1).mean() > 0.99
    few = prior.of_seeds(tf.constant([5, -2], tf.int64))
    assert few.shape == (2, 2)
    np.testing.assert_array_equal(
        few[1:], prior.of_seeds(tf.constant([-2], tf.int64))
    )
    # There is no mean to draw them to.
    np.testing.assert_array_equal(prior.truncate(few, 0.1), few)


@every
def test_a_configuration_gives_them_back(prior):
    config = keras.saving.serialize_keras_object(prior)
    again = keras.saving.deserialize_keras_object(config)
    assert again == prior and again != priors.Normal(2)
    np.testing.assert_array_equal(again.draw(9, [1, 2]), prior.draw(9, [1, 2]))


def test_a_prior_without_classes_is_refused():
    with pytest.raises(UserError, match="`classes` .*Received: 0"):
        labelled_priors.SwissRoll(0)
