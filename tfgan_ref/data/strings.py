"""Strings of tokens, of a grammar or of a network that draws them.

A minibatch draws its strings anew, with replacement, as a function of (seed,
step).
"""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import tensorflow as tf

from tfgan_ref.data import minibatches
from tfgan_ref.data.grammar import Grammar
from tfgan_ref.errors import UserError
from tfgan_ref.gumbel_prior import Gumbel

_ROWS = 1000  # That a network draws at a time.
END = ""  # What the token is written as that ends a string.


@dataclasses.dataclass(frozen=True, eq=False)
class Strings:
    """Strings of one length in tokens.

    Attributes:
        name: as they were asked for.
        symbols: str of each token, `END` of one that ends a string.
        tokens: int32 `[count, length]`.
        class_names: none.
    """

    name: str
    symbols: tuple[str, ...]
    tokens: np.ndarray
    class_names: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.tokens)

    @property
    def summary(self) -> str:
        """In a few words."""
        return (
            f"{self.count:,} strings of {self.tokens.shape[1]} tokens, of "
            f"{len(self.symbols)} each"
        )

    @property
    def facts(self) -> dict[str, object]:
        """What a run records of them, JSON values."""
        digest = hashlib.sha256(np.ascontiguousarray(self.tokens).data)
        return {
            "symbols": list(self.symbols),
            "count": self.count,
            "length": self.tokens.shape[1],
            "sha256": digest.hexdigest(),
        }


def of_grammar(
    name: str, grammar: Grammar, length: int, count: int, seed: int
) -> Strings:
    """Strings of a grammar, padded with the token that ends them.

    Args:
        name: of the grammar.
        grammar: whose strings are drawn, see `Grammar.draw`.
        length: int >= 1, of a string at most.
        count: int >= 1.
        seed: int.

    Raises:
        UserError: all of its strings are longer.
    """
    rng = np.random.default_rng(seed)
    texts = [grammar.draw(length, rng) for _ in range(count)]
    symbols = (END, *grammar.symbols)
    numbers = {symbol: token for token, symbol in enumerate(symbols)}
    tokens = np.zeros([count, length], np.int32)
    for row, text in zip(tokens, texts, strict=True):
        row[: len(text)] = [numbers[symbol] for symbol in text]
    return Strings(name, symbols, tokens)


def of_network(name: str, network, count: int, seed) -> Strings:
    """Strings that a network draws, of tokens ` 0`, ` 1`...

    Args:
        name: of the network.
        network: noise `[batch, length * K]` -> one-hot rows `[batch, length,
            K]`.
        count: int >= 1.
        seed: int `[2]`.
    """
    _, length, symbols = network.output_shape
    noise = Gumbel(length * symbols).draw(count, seed)
    parts = [
        np.argmax(network(noise[first : first + _ROWS]), -1)
        for first in range(0, count, _ROWS)
    ]
    tokens = np.concatenate(parts).astype(np.int32)
    return Strings(name, tuple(f" {k}" for k in range(symbols)), tokens)


def one_hot(data: Strings) -> np.ndarray:
    """All of them as rows, float32 `[count, length, K]`."""
    return np.eye(len(data.symbols), dtype=np.float32)[data.tokens]


def write(samples, symbols) -> list[str]:
    """What one-hot rows are written as, up to the first token that ends it.

    Args:
        samples: float `[count, length, K]`.
        symbols: of the tokens.
    """
    texts = np.asarray(symbols, object)[np.argmax(samples, -1)]
    return ["".join(_until_the_end(row)) for row in texts]


def _until_the_end(row):
    row = list(row)
    return row[: row.index(END)] if END in row else row


def stream(
    data: Strings,
    batch_size: int,
    *,
    seed: int,
    first: int = 0,
    input_context: tf.distribute.InputContext | None = None,
) -> tf.data.Dataset:
    """Returns the data set of one worker's minibatches, for ever.

    Args:
        data: the strings.
        batch_size: strings per minibatch over all replicas.
        seed: of the draws.
        first: index of the first minibatch.
        input_context: as for `minibatches.stream`.

    Returns:
        `tf.data.Dataset` of one-hot float32 `[batch, length, K]`.

    Raises:
        UserError: as of `minibatches.stream`.
    """
    if not data.count:
        raise UserError("Some strings were expected. Received: none")
    tokens = tf.constant(data.tokens)

    def draw(seeds):
        places = tf.random.stateless_uniform(
            [batch_size], seeds, maxval=data.count, dtype=tf.int32
        )
        return tf.one_hot(tf.gather(tokens, places), len(data.symbols))

    return minibatches.drawn_anew(draw, batch_size, seed, first, input_context)
