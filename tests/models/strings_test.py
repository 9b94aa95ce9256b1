"""Games of strings: maximum likelihood first, then costs of each token."""

import functools
import itertools
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.data import strings as data
from tfgan_ref.errors import UserError
from tfgan_ref.models import strings
from tfgan_ref.models.string_game import ReinforceStringGAN

SYMBOLS = ("", "a", "b")
SMALL = {"units": 3, "embedding_dim": 2, "discriminator_units": 2}
build = functools.partial(strings.build, SYMBOLS, 3, **SMALL)
CASES = {
    "reinforce": functools.partial(
        build, pretrain_steps=1, rollouts=1, ema_decay=0.5
    ),
    "gumbel_softmax": functools.partial(
        build, "gumbel_softmax", convolutions=True
    ),
    "straight_through": functools.partial(build, "straight_through"),
    "boundary_seeking": functools.partial(
        build, "boundary_seeking", pretrain_steps=1
    ),
}
SLOW = {"straight_through", "boundary_seeking"}
EVERY = np.array([*itertools.product(range(2), repeat=2)])


def loud(gan, tokens):
    """The GAN whose noise makes it write these, int `[count, length]`."""
    length, count = gan.generator.output_shape[1:]
    rows = 50.0 * np.eye(count, dtype=np.float32)[tokens]
    noise = tf.constant(rows.reshape(len(rows), length * count))
    gan.prior = priors.FromFunction(length * count, lambda *_: noise)
    return gan


def test_over_all_strings_reinforce_is_the_exact_gradient():
    """Of two tokens each, with a baseline and without, by enumeration."""
    found = []
    for baseline in (False, True):
        gan = strings.build("ab", 2, baseline=baseline, seed=1, **SMALL)
        gan.compile("sgd", "sgd")
        rows = np.eye(2, dtype=np.float32)[EVERY]
        layer, variables = gan.writer, gan.generator.trainable_variables
        # Pairs of strings, since a baseline is another's cost.
        pairs = [*itertools.product(range(4), repeat=2)]
        log_q = layer.log_likelihoods(rows).numpy().sum(-1)
        total = [np.zeros(v.shape) for v in variables]
        for pair in pairs:
            loud(gan, EVERY[list(pair)])
            round = gan.round_class(gan, tf.zeros((2, 2, 2)), 0)
            with tf.GradientTape() as tape:
                cost = gan.cost(gan.turns()[1], round)
            np.testing.assert_array_equal(round.fake, rows[list(pair)])
            chance = np.exp(log_q[list(pair)].sum())
            for k, slope in enumerate(tape.gradient(cost, variables)):
                total[k] += chance * slope.numpy()
        found.append(total)
    costs = gan.generator_loss(gan.discriminator(rows))
    with tf.GradientTape() as tape:
        q = tf.exp(tf.reduce_sum(layer.log_likelihoods(rows), -1))
        mean = tf.reduce_sum(q * tf.stop_gradient(costs))
    assert abs(float(tf.reduce_sum(q)) - 1) < 1e-6
    exact = tape.gradient(mean, variables)
    for total in found:
        for one, other in zip(total, exact, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_the_cost_of_a_token_is_the_mean_of_what_follows():
    gan = build(rollouts=2, seed=3)
    gan.compile("sgd", "sgd")
    round = gan.round_class(gan, tf.zeros((4, 3, 3)), 0)
    costs = round.costs.numpy()
    assert costs.shape == (4, 3)
    logits = gan.discriminator(round.fake).numpy()
    np.testing.assert_allclose(costs[:, 2], -logits, rtol=1e-5)
    rows = round.continuations.numpy().reshape(2, 2, 4, 3, 3)
    given = round.fake.numpy()
    for place in range(2):
        for one in rows[place]:
            begun = place + 1
            np.testing.assert_array_equal(one[:, :begun], given[:, :begun])
        logits = [gan.discriminator(one).numpy() for one in rows[place]]
        mean = -np.mean(logits, 0)
        np.testing.assert_allclose(costs[:, place], mean, rtol=1e-5)
    # Other noise than that of the strings, and of one another.
    ends = np.argmax(rows, -1)[..., 2]
    assert (ends[0, 0] != ends[0, 1]).any() or (ends[1, 0] != ends[1, 1]).any()


def test_the_first_steps_are_of_maximum_likelihood():
    gan = build(pretrain_steps=2, rollouts=1)
    gan.compile("sgd", "sgd", simultaneous=False)
    rows = np.eye(3, dtype=np.float32)[[[1, 2, 0], [2, 2, 1], [1, 0, 0]]]
    stream = tf.data.Dataset.from_tensors(rows).repeat()
    reported, expected = [], []
    for _ in range(3):
        found = gan.writer.log_likelihoods(rows)
        expected.append(-np.mean(found))
        history = gan.fit(
            stream, steps_per_epoch=1, shuffle=False, verbose=0
        ).history
        reported.append(history["loss/generator"][0])
    assert reported[:2] == pytest.approx(expected[:2], rel=1e-5)
    assert expected[0] > expected[1] > expected[2]
    assert reported[2] != pytest.approx(expected[2], rel=1e-3)
    # The evaluation is of the game.
    assert not gan._is_first


@pytest.mark.conformance  # It traces many tokens.
def test_a_grammar_is_learnt_by_likelihood():
    gan = strings.build(SYMBOLS, 4, pretrain_steps=500, units=8)
    adam = (keras.optimizers.Adam(0.03) for _ in range(2))
    gan.compile(*adam, simultaneous=False, steps_per_execution=20)
    # (ab)*, ended early or not.
    rows = np.eye(3, dtype=np.float32)[[[1, 2, 0, 0], [1, 2, 1, 2]]]
    stream = tf.data.Dataset.from_tensors(rows).repeat()
    gan.fit(stream, steps_per_epoch=60, shuffle=False, verbose=0)
    texts = data.write(gan.sample(range(60)).numpy(), SYMBOLS)
    assert sum(text in ("ab", "abab") for text in texts) > 50
    assert {"ab", "abab"} <= {*texts}


def test_strings_are_served_up_to_their_end():
    gan = build("gumbel_softmax", seed=4)
    function, _ = gan.endpoints()["sample"]
    seeds = tf.range(9, dtype=tf.int64)
    served = function(seed=seeds, truncation=tf.ones(9))
    samples = gan.sample(seeds).numpy()
    np.testing.assert_array_equal(served["tokens"], np.argmax(samples, -1))
    texts = [text.decode() for text in served["strings"].numpy()]
    assert texts == data.write(samples, SYMBOLS)
    assert len({*texts}) > 3
    # At a sampling temperature of 0 there is one.
    cold = function(seed=seeds, truncation=tf.zeros(9))["strings"].numpy()
    assert len({*cold}) == 1


def test_a_configuration_makes_the_same_game():
    gan = build(pretrain_steps=7, rollouts=2, baseline=False)
    config = json.dumps(gan.get_config())
    again = ReinforceStringGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    assert (again.pretrain_steps, again.rollouts) == (7, 2)
    again.set_weights(values_of(gan.weights))
    np.testing.assert_array_equal(again.sample([8, 3]), gan.sample([8, 3]))


def test_mistakes_are_told():
    for how, said in (
        ({"symbols": ()}, "`symbols` must be at least 1. Received: 0"),
        ({"length": 1}, "`length` must be at least 2. Received: 1"),
        ({"units": 0}, "`units` must be positive"),
        ({"rollouts": -1}, "`rollouts` must be at least 0"),
        ({"pretrain_steps": -1}, "`pretrain_steps` must be at least 0"),
        ({"estimator": "embedding"}, "An estimator of reinforce, bound"),
    ):
        with pytest.raises(UserError, match=said):
            strings.build(**({"symbols": SYMBOLS, "length": 3} | how))
