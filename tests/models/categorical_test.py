"""Games of categories against theta and a linear discriminator, in NumPy."""

import functools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import special

from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.data import categories
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import gradient_estimates
from tfgan_ref.models import categorical, token_game

THETA = np.float32([0.3, -0.6, 0.2])
REAL = np.eye(3, dtype=np.float32)[[1, 2, 1, 0]]
# The greatest of theta + noise is 0, 2, 2, 1.
NOISE = np.float32([[2, 1, 0], [0, 0, 0.5], [1, 1, 3], [-1, 2, 0]])
FAKE = np.eye(3)[[0, 2, 2, 1]]
KERNEL, BIAS = np.float32([[0.5], [-1.0], [0.25]]), np.float32([0.1])

CASES = {
    estimator: functools.partial(
        categorical.build,
        3,
        estimator,
        units=2 * (estimator == "embedding"),
        ema_decay=0.5,
    )
    for estimator in categorical.ESTIMATORS
}
SLOW = {"straight_through", "boundary_seeking"}


def tuned(estimator, **options):
    gan = categorical.build(3, estimator, **options)
    gan.prior = priors.FromFunction(3, lambda *_: tf.constant(NOISE))
    gan.generator.get_layer("logits").set_weights([THETA])
    gan.discriminator.set_weights([KERNEL, BIAS])
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(0.25))
    return gan


def moved(gan):
    """By how much a step moves theta, and what it reports."""
    logs = gan.play(gan.turns(), tf.constant(REAL), 0)
    (theta,) = values_of(gan.generator.trainable_variables)
    return THETA - theta, logs


Q = special.softmax(np.float64(THETA))
LOGITS = (FAKE @ KERNEL + BIAS)[:, 0]


@pytest.mark.parametrize("baseline", [True, False])
def test_a_step_of_reinforce_is_that_in_numpy(baseline):
    gradient, logs = moved(tuned("reinforce", baseline=baseline))
    costs = -LOGITS
    others = (costs.sum() - costs) / 3 if baseline else 0.0
    expected = ((costs - others)[:, None] * (FAKE - Q)).mean(0)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)
    assert float(logs["loss/generator"]) == pytest.approx(
        costs.mean(), rel=1e-5
    )
    np.testing.assert_allclose(logs["logits/fake"], LOGITS, rtol=1e-5)


@pytest.mark.parametrize("baseline", [True, False])
def test_a_step_of_boundary_seeking_is_that_in_numpy(baseline):
    gradient, logs = moved(tuned("boundary_seeking", baseline=baseline))
    weights = np.exp(LOGITS) / np.exp(LOGITS).mean()
    expected = -((weights - baseline)[:, None] * (FAKE - Q)).mean(0)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)
    value = np.mean(weights * LOGITS)
    assert float(logs["loss/generator"]) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("estimator", ["gumbel_softmax", "straight_through"])
def test_a_step_of_the_relaxed_goes_through_the_discriminator(estimator):
    gradient, logs = moved(tuned(estimator, temperature=0.5))
    y = special.softmax((np.float64(THETA) + NOISE) / 0.5, -1)
    seen = y if estimator == "gumbel_softmax" else FAKE
    logits = (seen @ KERNEL + BIAS)[:, 0]
    np.testing.assert_allclose(logs["logits/fake"], logits, rtol=1e-4)
    slopes = -special.expit(-logits)[:, None] * KERNEL[:, 0]
    inner = np.sum(y * slopes, -1, keepdims=True)
    expected = (y * (slopes - inner) / 0.5).mean(0)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-6)


def test_an_evaluation_has_the_same_cost():
    gan = tuned("reinforce")
    logs = gan.test_step(tf.constant(REAL))
    assert float(logs["loss/generator"]) == pytest.approx(-LOGITS.mean(), 1e-5)


def test_a_law_is_learnt():
    data = categories.load("geometric", 4)
    gan = categorical.build(4)
    gan.compile(
        keras.optimizers.Adam(0.05, beta_1=0.5),
        keras.optimizers.Adam(0.1, beta_1=0.5),
        simultaneous=False,
        steps_per_execution=50,
    )
    stream = categories.stream(data, 128, seed=0)
    gan.fit(stream, steps_per_epoch=300, shuffle=False, verbose=0)
    q = special.softmax(gradient_estimates.theta_of(gan))
    # At first it is 0.275.
    assert np.abs(q - data.probabilities).sum() / 2 < 0.1


def test_points_are_seen_through_noise():
    gan = categorical.build(3, "embedding", units=4)
    rows = tf.ones((5, 3))
    plain = gan.discriminator(rows, training=False)
    assert np.ptp(plain) < 1e-6 < np.ptp(gan.discriminator(rows, training=True))
    assert "gaussian_noise" not in str(
        [x.name for x in categorical.build(3).discriminator.layers]
    )


def test_points_are_served_as_their_nearest_category():
    gan = categorical.build(3, "embedding", units=4, seed=2)
    (function, specs) = gan.endpoints()["sample"]
    assert specs.keys() == {"seed", "truncation"}
    seeds = tf.constant([5, 1, 2**40], tf.int64)
    served = function(seed=seeds, truncation=tf.ones(3))
    tokens = np.argmax(gan.sample(seeds), -1)
    np.testing.assert_array_equal(served["tokens"], tokens)
    texts = [str(token).encode() for token in tokens]
    assert served["strings"].numpy().tolist() == texts


def test_a_configuration_makes_the_same_game():
    gan = categorical.build(3, "boundary_seeking", baseline=False)
    config = json.dumps(gan.get_config())
    again = token_game.BoundarySeekingGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    assert (again.baseline, again.symbols) == (False, ("0", "1", "2"))


def test_a_last_example_alone_teaches_the_generator_nothing():
    gan = tuned("reinforce")
    gan.prior = priors.FromFunction(
        3, lambda shape, _: tf.constant(NOISE)[: shape[0]]
    )
    ends = []
    for count in (4, 5):
        gan.generator.get_layer("logits").set_weights([THETA])
        gan.discriminator.set_weights([KERNEL, BIAS])
        rows = np.float32(np.eye(3)[np.arange(count) % 3])
        gan.fit(rows, batch_size=4, shuffle=False, verbose=0)
        ends.append(gan.generator.get_layer("logits").get_weights()[0])
    assert not np.allclose(ends[0], THETA)
    np.testing.assert_array_equal(ends[0], ends[1])


@pytest.mark.parametrize("logit", [-200.0, 0.0, 200.0])
def test_samples_that_are_alike_weigh_alike(logit):
    gan = tuned("boundary_seeking")
    gan.discriminator.set_weights([0.0 * KERNEL, np.float32([logit])])
    # The weights are 1, and so is the baseline.
    np.testing.assert_allclose(moved(gan)[0], 0.0, atol=1e-6)


def test_mistakes_are_told():
    for how, said in (
        ({"categories": 1}, "`categories` must be at least 2"),
        ({"estimator": "relax"}, "An estimator of reinforce, .*relax"),
        (
            {"estimator": "gumbel_softmax", "temperature": 0.0},
            "`temperature` must be positive. Received: 0.0",
        ),
        ({"units": -1}, "`units` must be at least 0"),
    ):
        with pytest.raises(UserError, match=said):
            categorical.build(**({"categories": 3} | how))
    weighted = categorical.build(3, "boundary_seeking")
    with pytest.raises(UserError, match="has a cost of its own"):
        weighted.compile("sgd", "sgd", generator_loss=tf.identity)
    one = categorical.build(3)
    one.compile("sgd", "sgd")
    with pytest.raises(UserError, match="two in a minibatch"):
        one.play(one.turns(), tf.constant(REAL[:1]), 0)
    with pytest.raises(UserError, match="symbol for each of 3 tokens"):
        token_game.TokenGAN(one.generator, one.discriminator, symbols="ab")
