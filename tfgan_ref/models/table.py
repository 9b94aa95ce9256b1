"""Tables of real examples that samples are made of, one for each seed."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import priors


@priors.registered
class Places(priors.Prior):
    """A place in a table; of the seeds 0, 1, 2... one after the other.

    Args:
        count: int >= 1, how many places there are.
    """

    mean = None

    def __init__(self, count: int):
        super().__init__(count)
        self.support = (0, count - 1)

    def draw(self, count, seed):
        """int64 `[count]`, all as probable."""
        return tf.random.stateless_uniform(
            [count], seed, maxval=self.dim, dtype=tf.int64
        )

    def of_seeds(self, seeds):
        """int64 `[count]`, the seeds modulo as many as there are."""
        return tf.convert_to_tensor(seeds, tf.int64) % self.dim

    @property
    def spec(self):
        """`tf.TensorSpec` of a batch of places."""
        return tf.TensorSpec([None], tf.int64)

    def get_config(self):
        """Arguments of the constructor."""
        return {"count": self.dim}


def of(examples, name):
    """A network of places int64 `[batch]` -> examples, which nothing moves.

    Its layer `table` knows how many there are.

    Args:
        examples: float32 `[count, ...]`.
        name: of the network.
    """
    count, *shape = examples.shape
    rows = np.reshape(examples, (count, -1))
    places = keras.Input((), dtype="int64", name="places")
    table = layers.Embedding(
        *rows.shape, trainable=False, dtype="float32", name="table"
    )
    found = layers.Reshape(tuple(shape), dtype="float32")(table(places))
    network = keras.Model(places, found, name=name)
    table.set_weights([rows])
    return network
