"""Conditional GAN: samples of a class that is asked for.

Reference:
    Mirza, Osindero (2014), Conditional Generative Adversarial Nets,
    https://arxiv.org/abs/1411.1784
"""

import math

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.models import dcgan
from tfgan_ref.round import Round


def build(image_shape, classes, *, latent_dim=100, width=64, seed=0, **kwargs):
    """Returns a `ConditionalGAN`; compile it with Adam(2e-4, beta_1=0.5).

    Deviations: DCGAN's networks, where the paper has perceptrons with maxout
    and dropout; z ~ U(-1, 1), not U(0, 1); no hidden layer for the label alone.

    Args:
        image_shape: as for `dcgan.build`, and so are those after `classes`.
        classes: int >= 2.
        latent_dim: int.
        width: int.
        seed: int.
        **kwargs: of `GAN`.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(1, latent_dim=latent_dim, width=width)
    checks.at_least(2, classes=classes)
    keras.utils.set_random_seed(seed)
    labels = keras.Input((), dtype="int64", name="labels")
    rows = layers.CategoryEncoding(classes, "one_hot", name="one_hot")(labels)

    z = keras.Input((latent_dim,), name="latents")
    x = layers.Concatenate()([z, rows])
    x = dcgan.generator(image_shape, latent_dim + classes, width)(x)
    given = {"latents": z, "labels": labels}
    generator = keras.Model(given, x, name="generator")

    images = keras.Input(image_shape, name="images")
    *size, channels = image_shape
    planes = layers.RepeatVector(math.prod(size))(rows)
    planes = layers.Reshape((*size, classes))(planes)
    x = layers.Concatenate()([images, planes])
    x = dcgan.discriminator((*size, channels + classes), width)(x)
    given = {"images": images, "labels": labels}
    discriminator = keras.Model(given, x, name="discriminator")
    kwargs |= {"prior": priors.Uniform(latent_dim), "seed": seed}
    return ConditionalGAN(generator, discriminator, **kwargs)


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

    round_class = ConditionalRound

    def inputs(self, minibatch, draw):
        """Latents, and the minibatch's labels."""
        if not isinstance(minibatch, tuple):
            raise UserError("Images and labels were expected. Received: images")
        latents = super().inputs(minibatch, draw)
        return self.checked({"latents": latents, "labels": minibatch[1]})

    def sample_inputs(self, seeds, truncation=None, label=None):
        """As `GAN`'s, of labels int `[count]` or `[]`; None: seeds mod n."""
        seeds = tf.convert_to_tensor(seeds, tf.int64)
        labels = seeds % self.classes if label is None else label
        labels = tf.broadcast_to(tf.cast(labels, tf.int64), tf.shape(seeds))
        latents = super().sample_inputs(seeds, truncation)
        return self.checked({"latents": latents, "labels": labels})

    def checked(self, inputs):
        """The inputs, whose labels must be classes."""
        labels = inputs["labels"]
        expected = f"A class of 0 to {self.classes - 1} was expected"
        low, high = tf.reduce_min(labels), tf.reduce_max(labels)
        exist = (low >= 0) & (high < self.classes)
        tf.debugging.Assert(exist, [f"{expected}. Received:", low, high])
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
