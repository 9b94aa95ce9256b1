"""An LSTM of tokens: its law is that of its draws, and sums to 1."""

import itertools
import json

import keras
import numpy as np
import tensorflow as tf
from scipy import special, stats

from tfgan_ref.gumbel_prior import Gumbel
from tfgan_ref.layers import draws
from tfgan_ref.layers.token_lstm import TokenLSTM

K, LENGTH = 3, 3
EVERY = np.array([*itertools.product(range(K), repeat=LENGTH)])
ROWS = np.eye(K, dtype=np.float32)[EVERY]


def made(draw=None, stddev=1.0):
    keras.utils.set_random_seed(4)
    layer = TokenLSTM(draw or draws.Draw(), 4, 2, stddev)
    layer.build((None, LENGTH, K))
    return layer


def noise(count, seed=(1, 2)):
    return tf.reshape(Gumbel(K * LENGTH).draw(count, seed), [-1, LENGTH, K])


def by_hand(layer, string):
    """Sum of log q of one string's tokens, in NumPy."""
    embedding, kernel, recurrent, bias, dense, last = (
        np.float64(x) for x in layer.get_weights()
    )
    state, memory, token, total = np.zeros(4), np.zeros(4), np.zeros(K), 0.0
    for number in string:
        gates = token @ embedding @ kernel + state @ recurrent + bias
        i, f, c, o = np.split(gates, 4)
        memory = special.expit(f) * memory + special.expit(i) * np.tanh(c)
        state = special.expit(o) * np.tanh(memory)
        total += special.log_softmax(state @ dense + last)[number]
        token = np.eye(K)[number]
    return total


def test_likelihoods_are_those_of_an_lstm_and_sum_to_1():
    layer = made()
    found = layer.log_likelihoods(ROWS).numpy()
    assert found.shape == (27, LENGTH)
    for string in (5, 16, 22):
        np.testing.assert_allclose(
            found[string].sum(), by_hand(layer, EVERY[string]), rtol=1e-4
        )
    q = np.exp(np.float64(found).sum(-1))
    np.testing.assert_allclose(q.sum(), 1, rtol=1e-5)
    counts = np.zeros([K] * LENGTH)
    drawn = np.argmax(layer(noise(4000)), -1)
    np.add.at(counts, tuple(drawn.T), 1)
    assert stats.chisquare(counts.ravel(), 4000 * q / q.sum()).pvalue > 0.01


def test_a_relaxed_token_is_what_the_next_ones_are_of():
    layer = made(draws.GumbelSoftmax(1.5))
    given = noise(5)
    with tf.GradientTape() as tape:
        made_of = layer(given, training=True)
        last = tf.reduce_sum(made_of[:, -1, 0])
    np.testing.assert_allclose(tf.reduce_sum(made_of, -1), 1, rtol=1e-5)
    assert tf.reduce_max(made_of) < 1
    # Through the tokens in between, the first one's logits included.
    embedding = layer.embedding.kernel
    assert abs(tape.gradient(last, embedding.value)).numpy().max() > 1e-6
    hard = layer(given, training=False).numpy()
    np.testing.assert_array_equal(np.unique(hard), [0, 1])


def test_beginnings_are_continued_by_the_same_law():
    layer, times = made(), 2000
    string = ROWS[[11, 21]]  # 102 and 210.
    drawn = tf.reshape(noise(2 * 2 * times), [2, 2 * times, LENGTH, K])
    found = np.argmax(layer.continuations(string, drawn), -1)
    assert found.shape == (LENGTH - 1, 2 * times, LENGTH)
    found = found.reshape(LENGTH - 1, times, 2, LENGTH)
    log_q = np.float64(layer.log_likelihoods(ROWS).numpy())
    q = np.exp(log_q.sum(-1)).reshape(3, 3, 3)
    for k, tokens in enumerate(EVERY[[11, 21]]):
        np.testing.assert_array_equal(found[0, :, k, 0], tokens[0])
        np.testing.assert_array_equal(found[1, :, k, :2], [tokens[:2]] * times)
        after_one, after_two = q[tokens[0]], q[tokens[0], tokens[1]]
        counts = np.zeros((3, 3))
        np.add.at(counts, tuple(found[0, :, k, 1:].T), 1)
        expected = (times * after_one / after_one.sum()).ravel()
        assert stats.chisquare(counts.ravel(), expected).pvalue > 1e-3
        counts = np.bincount(found[1, :, k, 2], minlength=3)
        expected = times * after_two / after_two.sum()
        assert stats.chisquare(counts, expected).pvalue > 1e-3


def test_first_weights_are_of_one_law_or_kerass():
    first = made(stddev=2.0)
    for weights in first.get_weights():
        assert 0.5 < np.sqrt(np.mean(weights**2)) < 3.5
    usual = made(stddev=None)
    np.testing.assert_array_equal(usual.cell.bias[4:8], 1)  # Of forgetting.
    np.testing.assert_array_equal(usual.logits.bias, 0)


def test_it_is_made_again():
    layer = TokenLSTM(draws.StraightThrough(0.5), 5, 3, 0.1, name="own")
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    again = keras.saving.deserialize_keras_object(config)
    assert again.get_config() == layer.get_config()
    assert type(again.draw) is draws.StraightThrough
    assert (again.draw.temperature, again.units) == (0.5, 5)
    assert (again.embedding_dim, again.stddev, again.name) == (3, 0.1, "own")
