"""The words of captions, and texts as their numbers.

Words are what stands between spaces, commas and the like, in small letters.
They are found by TensorFlow's operations alone, so that a SavedModel takes
texts; numbers are found by comparing with all words, where a table would be a
resource that each loader had to fill.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from absl import logging

from tfgan_ref.errors import UserError, printable

_BETWEEN = r'[\s,:;.!?()"“”]+'
_LONGEST = 300  # Letters of a text that an error shows.


def of(captions: Sequence[str]) -> tuple[str, ...]:
    """The words of captions, in alphabetical order.

    Args:
        captions: the texts.

    Raises:
        UserError: one of them has no word.
    """
    rows, words = (x.numpy() for x in split(tf.constant(captions)))
    empty = np.setdiff1d(np.arange(len(captions)), rows)
    if len(empty):
        raise UserError(
            "Captions of one word at least were expected. Received: "
            f"{captions[empty[0]][:_LONGEST]!r}, the caption of image "
            f"{empty[0]}"
        )
    return tuple(word.decode() for word in sorted({*words.tolist()}))


def longest(captions: Sequence[str]) -> int:
    """How many words the longest caption has."""
    rows, _ = split(tf.constant(captions))
    return int(np.bincount(rows.numpy()).max())


def split(texts):
    """The words of texts, one after the other.

    Args:
        texts: string `[batch]`.

    Returns:
        int64 `[n]`, of which text each is, and string `[n]`, the words.
    """
    texts = tf.strings.lower(texts, encoding="utf-8")
    texts = tf.strings.regex_replace(texts, _BETWEEN, " ")
    found = tf.raw_ops.StringSplitV2(input=texts, sep="")
    return found.indices[:, 0], found.values


def encode(texts, words: Sequence[str], length: int):
    """The numbers of the words of texts, in a graph as well.

    Words that are not known are passed over.

    Args:
        texts: string `[batch]`.
        words: those that are known.
        length: int, how many a text may have.

    Returns:
        int32 `[batch, length]`, 1 for the first word of `words`; 0 where the
        text has ended. A text without a known word, or with more than `length`
        of them, ends the call.
    """
    texts = tf.convert_to_tensor(texts, tf.string)
    rows, found = split(texts)
    are_equal = tf.equal(found[:, None], tf.constant(list(words)))
    is_known = tf.reduce_any(are_equal, 1)
    rows = tf.boolean_mask(rows, is_known)
    numbers = tf.argmax(tf.boolean_mask(are_equal, is_known), 1, tf.int32) + 1
    count = tf.shape(texts, tf.int64)[0]
    counts = tf.math.unsorted_segment_sum(tf.ones_like(numbers), rows, count)
    checks = _checks(texts, counts, length)
    starts = tf.gather(tf.cumsum(counts, exclusive=True), rows)
    places = tf.range(tf.size(numbers)) - starts
    places = tf.stack([rows, tf.cast(places, tf.int64)], 1)
    with tf.control_dependencies(checks):
        numbers = tf.identity(numbers)
    return tf.ensure_shape(
        tf.scatter_nd(places, numbers, tf.stack([count, length])),
        [None, length],
    )


def unknown(texts, words: Sequence[str]) -> list[str]:
    """The words of texts that are not known, each once, in their order.

    Args:
        texts: string of any shape.
        words: those that are known.
    """
    texts = tf.convert_to_tensor(texts, tf.string)
    _, found = split(tf.reshape(texts, [-1]))
    names = (word.decode(errors="replace") for word in found.numpy())
    return [word for word in dict.fromkeys(names) if word not in {*words}]


def check_known(texts, words: Sequence[str]) -> None:
    """Refuses a text without a known word, in one line.

    Args:
        texts: string of any shape.
        words: those that are known.

    Raises:
        UserError: there is such a text, the first is named.
    """
    texts = tf.reshape(tf.convert_to_tensor(texts, tf.string), [-1])
    rows, found = (x.numpy() for x in split(texts))
    known = np.isin(found, [word.encode() for word in words])
    if len(left := np.setdiff1d(np.arange(len(texts)), rows[known])):
        text = texts[int(left[0])].numpy().decode(errors="replace")
        raise UserError(
            f"A text with a known word, such as {words[0]}, was expected. "
            f"Received: {text[:_LONGEST]!r}"
        )


def tell_unknown(texts, words: Sequence[str]) -> None:
    """Warns of the words of texts that are passed over, if any."""
    if names := unknown(texts, words):
        logging.warning(
            "Unknown words are passed over: %s",
            printable(", ".join(names)[:_LONGEST]),
        )


def _checks(texts, counts, length):
    """What ends the call where a text has no known word, or too many."""
    checks = []
    for is_wrong, expected in (
        (counts < 1, "Texts with a known word were expected. Received:"),
        (
            counts > length,
            f"Texts of {length} known words at most were expected. Received:",
        ),
    ):
        wrong = tf.boolean_mask(texts, is_wrong)[:1]
        holds = ~tf.reduce_any(is_wrong)
        checks.append(tf.debugging.Assert(holds, [expected, wrong]))
    return [check for check in checks if check is not None]  # None: eager.
