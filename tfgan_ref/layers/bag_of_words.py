"""Texts as the words in them, whatever their order."""

import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="tfgan_ref")
class BagOfWords(layers.Layer):
    """How often each word is in a text, over the root of how many there are.

    A dense layer on it is a sum of words' vectors, whose length grows little
    with the text's. An empty text is a row of zeros.

    Args:
        words: int >= 1, of the vocabulary.

    Call arguments:
        ids: int `[batch, length]`, words from 1 on; 0 is none.

    Returns of the call:
        float `[batch, words]`.
    """

    def __init__(self, words, **kwargs):
        super().__init__(**kwargs)
        self.words = words

    def call(self, ids):
        """Counts them."""
        # Of -1 a row of zeros.
        one_hot = tf.one_hot(ids - 1, self.words, dtype=self.compute_dtype)
        counts = tf.reduce_sum(one_hot, 1)
        total = tf.reduce_sum(counts, 1, keepdims=True)
        return counts * tf.math.rsqrt(tf.maximum(total, 1.0))

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {"words": self.words}
