"""The training step as Keras's guide to custom `train_step` shows it.

Written anew for the comparison: real and generated images go through the
discriminator as one batch with noisy labels, and the generator's turn comes
with another draw of latents. The networks and the optimizers are ours.
"""

import keras
import numpy as np
import tensorflow as tf

from tfgan_ref.models import dcgan
from tools.dev.benchmarking.worker import Contestant


class _GAN(keras.Model):
    def __init__(self, discriminator, generator):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator
        self.seeds = keras.random.SeedGenerator(0)
        self.discriminator_loss = keras.metrics.Mean(name="discriminator_loss")
        self.generator_loss = keras.metrics.Mean(name="generator_loss")
        self.built = True

    def compile(self, discriminator_optimizer, generator_optimizer):
        super().compile()
        self.discriminator_optimizer = discriminator_optimizer
        self.generator_optimizer = generator_optimizer
        self.cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    @property
    def metrics(self):
        return [self.discriminator_loss, self.generator_loss]

    def _latents(self, count):
        shape = (count, self.generator.input_shape[1])
        return keras.random.normal(shape, seed=self.seeds)

    def train_step(self, real_images):
        count = keras.ops.shape(real_images)[0]
        generated = self.generator(self._latents(count))
        both = keras.ops.concatenate([generated, real_images], axis=0)
        labels = keras.ops.concatenate(
            [keras.ops.ones((count, 1)), keras.ops.zeros((count, 1))], axis=0
        )
        labels += 0.05 * keras.random.uniform((2 * count, 1), seed=self.seeds)
        with tf.GradientTape() as tape:
            logits = self.discriminator(both, training=True)
            loss = self.cross_entropy(labels, logits[:, None])
        weights = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply(
            tape.gradient(loss, weights), weights
        )
        self.discriminator_loss.update_state(loss)

        latents = self._latents(count)
        misleading = keras.ops.zeros((count, 1))
        with tf.GradientTape() as tape:
            images = self.generator(latents, training=True)
            logits = self.discriminator(images, training=True)
            loss = self.cross_entropy(misleading, logits[:, None])
        weights = self.generator.trainable_weights
        self.generator_optimizer.apply(tape.gradient(loss, weights), weights)
        self.generator_loss.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


def step(data, batch_size=64, kernel_size=4):
    """A step on a .npy file of uint8 images.

    Args:
        data: path.
        batch_size: int.
        kernel_size: int.
    """
    images = np.load(data, allow_pickle=False) / np.float32(127.5) - 1.0
    shape = images.shape[1:]
    gan = _GAN(
        dcgan.discriminator(shape, kernel_size=kernel_size),
        dcgan.generator(shape, kernel_size=kernel_size),
    )
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        keras.optimizers.Adam(2e-4, beta_1=0.5),
    )
    stream = tf.data.Dataset.from_tensor_slices(images.astype(np.float32))
    stream = stream.shuffle(len(images)).repeat()
    stream = stream.batch(batch_size, drop_remainder=True).prefetch(2)
    iterator = iter(stream)
    gan.make_train_function()
    return Contestant(
        lambda: float(gan.train_function(iterator)["generator_loss"])
    )
