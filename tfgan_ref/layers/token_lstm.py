"""An LSTM that writes strings, one token after the other.

Reference:
    Hochreiter, Schmidhuber (1997), Long Short-Term Memory, Neural Computation 9
"""

import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="tfgan_ref")
class TokenLSTM(layers.Layer):
    """Noise -> tokens: an embedding, an LSTM, logits, and a draw of each.

    Before the first token there is a row of zeros. All of it is float32.

    Args:
        draw: `layers.draws.Draw`, how tokens are drawn.
        units: int >= 1, of the LSTM.
        embedding_dim: int >= 1, of a token.
        stddev: float > 0, of all first weights, from N(0, stddev^2); None:
            Keras's own.

    Call arguments:
        noise: float `[batch, length, K]`, standard Gumbel noise.
        training: bool.

    Returns of the call:
        float32 `[batch, length, K]`.
    """

    def __init__(self, draw, units=32, embedding_dim=32, stddev=None, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.draw, self.stddev = draw, stddev
        self.units, self.embedding_dim = units, embedding_dim
        self.embedding = layers.Dense(
            embedding_dim,
            use_bias=False,
            kernel_initializer=self._law("glorot_uniform"),
            dtype="float32",
        )
        self.cell = layers.LSTMCell(
            units,
            kernel_initializer=self._law("glorot_uniform"),
            recurrent_initializer=self._law("orthogonal"),
            bias_initializer=self._law("zeros"),
            unit_forget_bias=stddev is None,
            seed=0,  # A state that is saved, though nothing is dropped out.
            dtype="float32",
        )

    def _law(self, usual):
        if self.stddev is None:
            return usual
        return keras.initializers.RandomNormal(stddev=self.stddev)

    def build(self, noise_shape):
        """Makes the weights, for as many tokens as there are in the noise."""
        count = noise_shape[-1]
        self.embedding.build((None, count))
        self.cell.build((None, self.embedding_dim))
        self.logits = layers.Dense(
            count,
            kernel_initializer=self._law("glorot_uniform"),
            bias_initializer=self._law("zeros"),
            dtype="float32",
        )
        self.logits.build((None, self.units))

    def call(self, noise, training=False):
        """Draws token after token."""
        state, token, drawn = self._begin(noise[:, 0])
        for place in range(noise.shape[1]):
            logits, state = self._next(token, state)
            token = self.draw(logits, noise[:, place], training=training)
            drawn.append(token)
            token = self.draw.read(token)
        return tf.stack(drawn, 1)

    def log_likelihoods(self, tokens):
        """log q of each token, given those before it.

        Args:
            tokens: float32 `[batch, length, K]`, one-hot rows.

        Returns:
            float32 `[batch, length]`.
        """
        state, token, found = self._begin(tokens[:, 0])
        for place in range(tokens.shape[1]):
            logits, state = self._next(token, state)
            token = tokens[:, place]
            found.append(tf.reduce_sum(token * tf.nn.log_softmax(logits), -1))
        return tf.stack(found, 1)

    def continuations(self, tokens, noise):
        """Strings that go on from each beginning of others; no gradient.

        Args:
            tokens: float32 `[batch, length, K]`, one-hot rows.
            noise: float32 `[batch, times, length, K]`, with times a multiple
                of length - 1.

        Returns:
            float32 `[length - 1, batch * times / (length - 1), length, K]`:
            first those that share one token with the others, then two...; of
            each, string by string again and again.
        """
        batch, times, length, count = noise.shape
        each = times // (length - 1)
        # Place by place, as rows are added: [length - 1, each * batch, ...].
        noise = tf.transpose(noise, [1, 0, 2, 3])
        noise = tf.reshape(noise, [times * batch, length, count])
        given = tf.argmax(tokens, -1, tf.int32)
        state, token, _ = self._begin(tokens[:, 0])
        written = tf.zeros([batch, 0], tf.int32)
        for place in range(length):
            logits, state = self._next(token, state)
            added = logits[batch:]
            scores = added + noise[: added.shape[0], place]
            fresh = tf.argmax(scores, -1, tf.int32)
            last = tf.concat([given[:, place], fresh], 0)
            written = tf.concat([written, last[:, None]], 1)
            if place < length - 1:
                written, last, *state = (
                    tf.concat([x, *[x[:batch]] * each], 0)
                    for x in (written, last, *state)
                )
            token = tf.one_hot(last, count)
        rows = tf.one_hot(written[batch:], count)
        shape = [length - 1, each * batch, length, count]
        return tf.stop_gradient(tf.reshape(rows, shape))

    def _begin(self, rows):
        """The first state, the row before the first token, and no tokens."""
        batch = tf.shape(rows)[0]
        state = [tf.zeros([batch, self.units]) for _ in range(2)]
        return state, tf.zeros_like(rows), []

    def _next(self, token, state):
        """The logits after a token, and the state."""
        output, state = self.cell(self.embedding(token), state)
        return self.logits(output), state

    def compute_output_shape(self, noise_shape):
        """That of the noise."""
        return noise_shape

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "draw": keras.saving.serialize_keras_object(self.draw),
            "units": self.units,
            "embedding_dim": self.embedding_dim,
            "stddev": self.stddev,
        }

    @classmethod
    def from_config(cls, config):
        """The layer of a configuration."""
        draw = keras.saving.deserialize_keras_object(config["draw"])
        return cls(**config | {"draw": draw})
