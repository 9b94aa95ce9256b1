"""Priors: what they draw, of which seeds, and how they are kept."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref import latents, priors
from tfgan_ref.errors import UserError

SEEDS = tf.constant([5, -3, 2**40], tf.int64)
PRODUCT = priors.Product(
    latents=priors.Uniform(3, 0.0, 1.0), code=priors.Categorical(4)
)
every_prior = pytest.mark.parametrize(
    "prior",
    [
        priors.Uniform(5),
        priors.Uniform(5, 2.0, 2.5),
        priors.Normal(5),
        priors.Categorical(5),
    ],
    ids=str,
)


def standard(seed, low=-1.0, high=1.0):
    """What TensorFlow draws with the seed, `[3, 5]`."""
    return tf.random.stateless_uniform([3, 5], seed, low, high)


# What is drawn.


@pytest.mark.parametrize("seed", [[1, 2], [2**32 - 1, -2]])
def test_draws_are_tensorflows_to_the_bit(seed):
    drawn = {
        priors.Uniform(5): standard(seed),
        priors.Uniform(5, 2.0, 2.5): standard(seed, 2.0, 2.5),
        priors.Normal(5): tf.random.stateless_normal([3, 5], seed),
        priors.Categorical(5): np.eye(5)[
            tf.random.stateless_uniform([3], seed, 0, 5, tf.int32)
        ],
        priors.FromFunction(5, standard_like): 7.0 + standard(seed),
    }
    for prior, expected in drawn.items():
        received = prior.draw(3, seed)
        assert received.dtype == "float32"
        np.testing.assert_array_equal(received, expected, str(prior))


def standard_like(shape, seed):
    return 7.0 + tf.random.stateless_uniform(shape, seed, -1, 1)


@every_prior
def test_another_seed_draws_others(prior):
    z = prior.draw(400, [1, 2]).numpy()
    for other in ([1, 3], [2, 2], [2, 1]):
        assert (prior.draw(400, other).numpy() != z).any(-1).mean() > 0.7


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 1.0)])
def test_uniform_fills_the_cube(low, high):
    z = priors.Uniform(4, low, high).draw(10_000, [0, 0]).numpy()
    assert z.min() >= low and z.max() < high
    # Standard error of 40 000 values, of a side of 1: 0.0015 for the mean,
    # 0.0004 for the variance.
    side = high - low
    quarters = np.histogram(z, bins=np.linspace(low, high, 5))[0] / z.size
    np.testing.assert_allclose(quarters, 0.25, atol=0.01)
    np.testing.assert_allclose(z.mean(), (low + high) / 2, atol=side * 0.006)
    np.testing.assert_allclose(
        np.cov(z.T), side**2 * np.eye(4) / 12, atol=side**2 * 0.003
    )


def test_normal_has_mean_zero_variance_one_and_no_skew():
    z = priors.Normal(4).draw(10_000, [0, 0]).numpy()
    np.testing.assert_allclose(z.mean(), 0, atol=0.02)
    np.testing.assert_allclose(z.var(), 1, atol=0.03)
    np.testing.assert_allclose((z**4).mean(), 3, atol=0.2)
    np.testing.assert_allclose(np.cov(z.T), np.eye(4), atol=0.05)


def test_all_classes_are_as_probable():
    rows = priors.Categorical(4).draw(10_000, [0, 0]).numpy()
    np.testing.assert_array_equal(rows.sum(1), 1)
    np.testing.assert_array_equal(np.unique(rows), [0, 1])
    # Standard error 0.0043.
    np.testing.assert_allclose(rows.mean(0), 0.25, atol=0.018)


@pytest.mark.parametrize(
    ("function", "low"), [(latents.uniform, -1.0), (latents.unit_uniform, 0.0)]
)
def test_functions_of_before_draw_and_say_the_same(function, low):
    np.testing.assert_array_equal(
        function([3, 5], [1, 2]), standard([1, 2], low, 1.0)
    )
    assert priors.of(function, 5) == priors.Uniform(5, low, 1.0)


def test_the_normal_function_of_before_is_the_prior():
    np.testing.assert_array_equal(
        latents.normal([3, 5], [1, 2]),
        tf.random.stateless_normal([3, 5], [1, 2]),
    )
    assert priors.of(latents.normal, 5) == priors.Normal(5)


# One row per seed.


@every_prior
def test_a_row_is_a_function_of_its_own_seed_alone(prior):
    rows = prior.of_seeds(SEEDS)
    assert rows.shape == (3, 5)
    for row, seed in zip(rows, SEEDS, strict=True):
        np.testing.assert_array_equal(row, prior.draw(1, [seed, 0])[0])
    again = prior.of_seeds(tf.reverse(SEEDS, [0])[:2])
    np.testing.assert_array_equal(again, rows.numpy()[[2, 1]])


def test_so_it_is_in_a_graph_of_any_number_of_seeds():
    of_seeds = tf.function(
        PRODUCT.of_seeds, input_signature=[tf.TensorSpec([None], tf.int64)]
    )
    for count in (1, 3):
        received = of_seeds(SEEDS[:count])
        expected = PRODUCT.of_seeds(SEEDS)
        assert received.keys() == {"latents", "code"}
        for name, rows in received.items():
            np.testing.assert_array_equal(rows, expected[name][:count])


# Parts.


def test_parts_are_independent():
    product = priors.Product(one=priors.Uniform(2), two=priors.Uniform(2))
    drawn = product.draw(10_000, [0, 0])
    of_seeds = tf.function(product.of_seeds)(tf.range(400, dtype=tf.int64))
    for rows, tolerance in ((drawn, 0.05), (of_seeds, 0.25)):
        both = np.concatenate([rows["one"], rows["two"]], 1)
        np.testing.assert_allclose(
            np.corrcoef(both.T), np.eye(4), atol=tolerance
        )


def test_another_part_changes_none():
    """And neither does the order in which they are named."""
    more = priors.Product(
        angle=priors.Normal(2),
        code=priors.Categorical(4),
        latents=priors.Uniform(3, 0.0, 1.0),
    )
    for one, other in (
        (PRODUCT.draw(6, [1, 2]), more.draw(6, [1, 2])),
        (PRODUCT.of_seeds(SEEDS), more.of_seeds(SEEDS)),
    ):
        assert other.keys() == {"angle", "code", "latents"}
        for name, rows in one.items():
            np.testing.assert_array_equal(rows, other[name])


def test_the_spec_says_what_each_part_draws():
    drawn = PRODUCT.draw(6, [1, 2])
    assert PRODUCT.spec.keys() == drawn.keys()
    for name, spec in PRODUCT.spec.items():
        assert spec.is_compatible_with(drawn[name]), name
    assert PRODUCT.spec["code"] == tf.TensorSpec([None, 4], tf.float32)


# Truncation.


@pytest.mark.parametrize(
    ("prior", "mean"),
    [
        (priors.Uniform(3, 2.0, 2.5), 2.25),
        (priors.Normal(3), 0.0),
        (priors.FromFunction(3, standard_like), 0.0),
    ],
    ids=["uniform", "normal", "function"],
)
@pytest.mark.parametrize(
    "truncation", [np.float32([1.0, 0.25, 0.0]), np.float32(0.5), 0.5, 1]
)
def test_rows_are_drawn_to_the_mean(prior, mean, truncation):
    drawn = prior.of_seeds(SEEDS).numpy()
    shares = np.broadcast_to(truncation, [3])[:, np.newaxis]
    np.testing.assert_allclose(
        prior.truncate(drawn, truncation),
        mean + shares * (drawn - mean),
        rtol=1e-6,
        atol=1e-7,
    )


def test_classes_are_not_truncated():
    drawn = PRODUCT.of_seeds(SEEDS)
    truncated = PRODUCT.truncate(drawn, 0.0)
    np.testing.assert_array_equal(truncated["latents"], np.full([3, 3], 0.5))
    np.testing.assert_array_equal(truncated["code"], drawn["code"])


# How they are kept.


@pytest.mark.parametrize(
    "prior",
    [
        priors.Uniform(5, 2.0, 2.5),
        priors.Normal(4),
        priors.Categorical(3),
        PRODUCT,
        priors.Product(a=PRODUCT, b=priors.Normal(1)),
    ],
    ids=str,
)
def test_a_prior_survives_its_configuration(prior):
    config = keras.saving.serialize_keras_object(prior)
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(prior)
    assert again == prior and hash(again) == hash(prior)
    assert str(again) == str(prior)
    tf.nest.map_structure(
        np.testing.assert_array_equal,
        again.draw(3, [1, 2]),
        prior.draw(3, [1, 2]),
    )


def test_other_priors_are_not_equal():
    different = [
        priors.Uniform(5),
        priors.Uniform(5, 0.0, 1.0),
        priors.Uniform(4),
        priors.Normal(5),
        priors.Categorical(5),
        priors.FromFunction(5, standard_like),
        priors.FromFunction(5, standard_like),
        priors.Product(a=priors.Normal(5)),
        priors.Product(b=priors.Normal(5)),
    ]
    assert len(set(different)) == len(different)


def test_a_function_is_not_saved():
    prior = priors.FromFunction(5, standard_like)
    with pytest.raises(UserError, match="cannot be saved.*standard_like"):
        keras.saving.serialize_keras_object(prior)


# What was given for one.


def test_a_prior_is_given_as_such_as_its_class_or_as_a_function():
    assert priors.of(PRODUCT, None) is PRODUCT
    assert priors.of(priors.Normal(3), 5) == priors.Normal(3)
    assert priors.of(priors.Normal, 5) == priors.Normal(5)
    assert priors.of(None, 5) == priors.Uniform(5)
    np.testing.assert_array_equal(
        priors.of(standard_like, 5).draw(3, [1, 2]), 7.0 + standard([1, 2])
    )


@pytest.mark.parametrize("prior", [None, priors.Normal, standard_like])
def test_a_dimension_that_is_not_known_is_asked_for(prior):
    with pytest.raises(UserError, match=r"such as priors.Uniform\(100\)"):
        priors.of(prior, None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: priors.Uniform(0), "must be positive. Received: 0"),
        (lambda: priors.Normal(-1), "must be positive. Received: -1"),
        (lambda: priors.Categorical(0), "must be positive. Received: 0"),
        (lambda: priors.Uniform(2, 1.0, 1.0), "less.*low=1.0, high=1.0"),
        (lambda: priors.Uniform(2, 0.0, np.nan), "Received: low=0.0, high=nan"),
        (lambda: priors.Product(), "needs at least one"),
    ],
)
def test_what_is_no_prior_is_refused(make, message):
    with pytest.raises(UserError, match=message):
        make()
