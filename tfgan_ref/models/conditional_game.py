"""The game of a GAN whose samples are of a class that is asked for.

Samples of a minibatch are of the classes of its images, so that pairs of image
and class are compared that differ in the image alone, whatever the share of a
class. The released projection code draws classes evenly: the same law where
there are as many images of each.
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.round import Round


def labelled(classes):
    """Keras tensors: labels int64 `[batch]`, and rows `[batch, classes]`.

    The rows are one-hot, float, of a layer `one_hot`.
    """
    labels = keras.Input((), dtype="int64", name="labels")
    one_hot = layers.CategoryEncoding(classes, "one_hot", name="one_hot")
    return labels, one_hot(labels)


def asked(seeds, label, classes):
    """The classes of samples, int64 `[count]`; one of none ends the call.

    Args:
        seeds: int64 `[count]`.
        label: int `[count]` or `[]`; None: the seeds modulo the classes.
        classes: int, how many there are.
    """
    seeds = tf.convert_to_tensor(seeds, tf.int64)
    labels = seeds % classes if label is None else label
    labels = tf.broadcast_to(tf.cast(labels, tf.int64), tf.shape(seeds))
    checks.exist(labels, classes)
    return labels


class ConditionalRound(Round):
    """A round whose samples are of the classes of its images."""

    def judged(self, images):
        """The images and their labels."""
        return {"images": images, "labels": self.inputs["labels"]}


@keras.saving.register_keras_serializable("tfgan_ref")
class ConditionalGAN(GAN):
    """A GAN whose networks are given labels, as are minibatches `(x, labels)`.

    The generator's layer `one_hot` knows how many classes there are.
    """

    round_class: type[Round] = ConditionalRound

    def inputs(self, minibatch, draw):
        """Latents, and the minibatch's labels."""
        if not isinstance(minibatch, tuple):
            raise UserError("Images and labels were expected. Received: images")
        latents = super().inputs(minibatch, draw)
        return self.checked({"latents": latents, "labels": minibatch[1]})

    def sample_inputs(self, seeds, truncation=None, label=None):
        """As `GAN`'s, of labels int `[count]` or `[]`; None: seeds mod n."""
        labels = asked(seeds, label, self.classes)
        latents = super().sample_inputs(seeds, truncation)
        return {"latents": latents, "labels": labels}

    def checked(self, inputs):
        """The inputs, whose labels must be classes."""
        checks.exist(inputs["labels"], self.classes)
        return inputs

    @property
    def generator_spec(self):
        """Of latents and labels."""
        return {"latents": self.prior.spec, "labels": self.conditions["label"]}

    @property
    def conditions(self):
        """A class for each sample."""
        return {"label": tf.TensorSpec([None], tf.int64)}

    def minibatch_spec(self, batch_size):
        """Images and labels."""
        images = super().minibatch_spec(batch_size)
        return images, tf.TensorSpec([batch_size], tf.int32)

    @property
    def classes(self):
        """How many there are to ask for."""
        return self.generator.get_layer("one_hot").num_tokens
