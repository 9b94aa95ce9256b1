"""Words of texts, and their numbers."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.data import vocabulary
from tfgan_ref.errors import UserError

CAPTIONS = [
    "man: medium-light skin tone, red hair",
    "keycap: #",
    "flag: CÔTE d’Ivoire",
    "“RED”\theart (big!)",
]
WORDS = (
    *("#", "big", "côte", "d’ivoire", "flag", "hair", "heart", "keycap"),
    *("man", "medium-light", "red", "skin", "tone"),
)


def test_words_are_small_letters_between_spaces_and_commas():
    found = vocabulary.of(CAPTIONS)
    assert set(found) == set(WORDS) and len(found) == len(WORDS)
    assert vocabulary.of([*reversed(CAPTIONS), "Red"]) == found
    assert vocabulary.longest(CAPTIONS) == 6
    assert vocabulary.longest(CAPTIONS[1:3]) == 3


@pytest.mark.parametrize("is_graph", [False, True])
def test_a_text_is_the_numbers_of_its_words(is_graph):
    words = ("big", "heart", "man", "red")

    def encode(texts):
        return vocabulary.encode(texts, words, 3)

    if is_graph:
        spec = tf.TensorSpec([None], tf.string)
        encode = tf.function(encode, input_signature=[spec])
    texts = tf.constant(["Red, RED: man", "a big (blue) heart?", " red "])
    ids = encode(texts)
    assert ids.dtype == "int32"
    assert ids.numpy().tolist() == [[4, 4, 3], [1, 2, 0], [4, 0, 0]]
    assert encode(texts[:0]).shape == (0, 3)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["red", "blue skies"], r"a known word.*\n?.*blue skies"),
        (["", "red"], "a known word"),
        (["red red man man"], r"3 known words at most.*\n?.*red red man man"),
    ],
)
@pytest.mark.parametrize("is_graph", [False, True])
def test_a_text_without_a_known_word_or_too_long_ends_the_call(
    texts, said, is_graph
):
    def encode(texts):
        return vocabulary.encode(texts, ("man", "red"), 3)

    call = tf.function(encode) if is_graph else encode
    with pytest.raises(tf.errors.InvalidArgumentError, match=said):
        call(tf.constant(texts))


def test_unknown_words_are_named_once(caplog):
    texts = ["a Red zebra", "zebra crossing", "man"]
    assert vocabulary.unknown(texts, ("a", "man", "red")) == [
        "zebra",
        "crossing",
    ]
    vocabulary.tell_unknown(["red man"], ("man", "red"))
    assert not caplog.messages
    vocabulary.tell_unknown(np.array(texts), ("a", "man", "red"))
    assert caplog.messages == ["Unknown words are passed over: zebra, crossing"]


@pytest.mark.parametrize(
    ("texts", "text"), [([""] * 3, ""), (["Red!", "blue sky", "?"], "blue sky")]
)
def test_the_first_text_without_a_known_word_is_refused(texts, text):
    with pytest.raises(UserError) as caught:
        vocabulary.check_known(texts, ("man", "red"))
    assert str(caught.value) == (
        "A text with a known word, such as man, was expected. "
        f"Received: {text!r}"
    )
    vocabulary.check_known("a red, man", ("man", "red"))


def test_a_caption_without_a_word_is_named():
    with pytest.raises(UserError, match="'!!!', the caption of image 2") as e:
        vocabulary.of(["a", "b", "!!!", " "])
    assert len(str(e.value).splitlines()) == 1
