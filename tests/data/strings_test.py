"""Strings of tokens."""

import numpy as np
import pytest

from tfgan_ref.data import strings
from tfgan_ref.data.grammar import ARITHMETIC, Grammar
from tfgan_ref.errors import UserError
from tfgan_ref.models import strings as models

GRAMMAR = Grammar(ARITHMETIC)


def make(seed=0, count=40):
    return strings.of_grammar("arithmetic", GRAMMAR, 7, count, seed)


def test_strings_of_a_grammar_are_padded_with_the_end():
    data = make()
    assert data.symbols == ("", "*", "+", "-", "/", "x")
    assert data.tokens.shape == (40, 7) and data.count == 40
    texts = strings.write(strings.one_hot(data), data.symbols)
    assert all(map(GRAMMAR.accepts, texts))
    lengths = np.count_nonzero(data.tokens, 1)
    assert [len(text) for text in texts] == lengths.tolist()
    assert 7 in lengths and 1 in lengths
    assert data.facts == make().facts != make(seed=1).facts
    assert data.summary == "40 strings of 7 tokens, of 6 each"


def test_what_follows_the_end_is_not_written():
    rows = np.eye(3)[[[1, 2, 0, 2], [0, 1, 1, 1], [2, 2, 2, 1]]]
    assert strings.write(rows, ("", "a", "b")) == ["ab", "", "bbba"]
    assert strings.write(rows, ("c", "a", "b"))[0] == "abcb"


def test_minibatches_are_of_the_strings_and_of_their_step():
    data = make()
    stream = strings.stream(data, 64, seed=3)
    first, second = (x.numpy() for x in stream.take(2))
    assert first.shape == (64, 7, 6) and first.dtype == np.float32
    known = {row.tobytes() for row in strings.one_hot(data)}
    assert {row.tobytes() for row in first} <= known
    (again,) = strings.stream(data, 64, seed=3, first=1).take(1)
    np.testing.assert_array_equal(again, second)
    with pytest.raises(UserError, match="Some strings were expected"):
        strings.stream(make(count=0), 4, seed=0)


def test_a_network_draws_strings_of_a_seed():
    network = models.oracle(4, 3, units=2, embedding_dim=2, seed=1)
    data, again, other = (
        strings.of_network("oracle", network, 1200, [7, k]) for k in (0, 0, 1)
    )
    assert data.symbols == (" 0", " 1", " 2", " 3")
    assert data.tokens.shape == (1200, 3)
    np.testing.assert_array_equal(data.tokens, again.tokens)
    assert (data.tokens != other.tokens).any()
    # As probable as the network says.
    layer = network.get_layer("strings")
    found = np.mean(data.tokens[:, 0] == 2)
    row = strings.one_hot(data)[data.tokens[:, 0] == 2][:1]
    chance = np.exp(layer.log_likelihoods(row)[0, 0])
    assert abs(found - chance) < 4 * np.sqrt(chance * (1 - chance) / 1200)
