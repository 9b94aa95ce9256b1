"""A game of two linear layers: as a GAN, and in NumPy and float64."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref.gan import GAN

IMAGE_SHAPE = (2, 2, 1)
BATCH = 8
GENERATOR_LR, DISCRIMINATOR_LR = 0.5, 0.25
EPSILON = 1e-3


class ScaledGame(GAN):
    """Costs that are methods."""

    def generator_loss(self, fake_logits):
        return 3.0 * fake_logits

    def discriminator_loss(self, real_logits, fake_logits):
        return fake_logits - 2.0 * real_logits


def tiny_gan(cls=GAN, generator=None, **kwargs):
    """G(z) = tanh(z W + c), or another; logit a(x) = x v + e."""
    return cls(
        generator
        or keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4, "tanh"),
                layers.Reshape(IMAGE_SHAPE),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(IMAGE_SHAPE),
                layers.Flatten(),
                layers.Dense(1),
                layers.Reshape(()),
            ]
        ),
        **kwargs,
    )


def normalised_gan(*, drop=0.0, **kwargs):
    """The same with batch normalisation before tanh, and of the images.

    And with Keras's dropout, before the discriminator's last layer.
    """

    def normalise():
        return layers.BatchNormalization(
            momentum=0.9,
            epsilon=EPSILON,
            center=False,
            scale=False,
            synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
        )

    return GAN(
        keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4),
                normalise(),
                layers.Activation("tanh"),
                layers.Reshape(IMAGE_SHAPE),
            ]
        ),
        keras.Sequential(
            [
                keras.Input(IMAGE_SHAPE),
                layers.Flatten(),
                normalise(),
                *([layers.Dropout(drop)] if drop else []),
                layers.Dense(1),
                layers.Reshape(()),
            ]
        ),
        **kwargs,
    )


def compiled(gan, optimizer=keras.optimizers.SGD, **protocol):
    gan.compile(
        optimizer(GENERATOR_LR), optimizer(DISCRIMINATOR_LR), **protocol
    )
    return gan


def compiled_with_adam(gan):
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5),
        keras.optimizers.Adam(1e-4, beta_1=0.5),
    )
    return gan


def real_images(count, shape=IMAGE_SHAPE):
    """Of another mean and spread in every pixel."""
    rng = np.random.default_rng(3)
    centre, spread = rng.uniform(0.1, 0.6, (2, *shape))
    images = centre + spread * rng.standard_normal((count, *shape))
    return np.clip(images, -1, 1).astype(np.float32)


def minibatches(images, batch=BATCH):
    data = tf.data.Dataset.from_tensor_slices(images)
    return data.batch(batch, drop_remainder=True)


class Recorder(keras.callbacks.Callback):
    """What every execution reports of its last step, logits too."""

    def __init__(self):
        super().__init__()
        self.steps = []

    def on_train_batch_end(self, batch, logs=None):
        logits = self.model.last_logits
        self.steps.append(
            logs | {name: logits[name].numpy() for name in logits}
        )


def fit(gan, steps, data, **kwargs):
    """The metrics of the last step."""
    seen = Recorder()
    gan.fit(
        data,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[seen],
        **kwargs,
    )
    return seen.steps[-1]


def train(gan, steps, shape=IMAGE_SHAPE):
    count = steps * gan.discriminator_steps * BATCH
    return fit(gan, steps, minibatches(real_images(count, shape)))


def latents_of(step, draw, seed=0, dim=3):
    """The global minibatch of latents, U(-1, 1)."""
    seed = tf.constant([seed, step], tf.int64)
    seed = tf.random.experimental.stateless_fold_in(seed, draw)
    return tf.random.stateless_uniform([BATCH, dim], seed, -1, 1).numpy()


def assert_close(received, expected, **tolerance):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **tolerance)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


class NumPyGame:
    """The non-saturating game of `tiny_gan`, in float64."""

    def __init__(self, gan):
        self.w, self.c = gan.generator.get_weights()
        self.v, self.e = gan.discriminator.get_weights()

    @property
    def weights(self):
        return self.w, self.c, self.v, self.e

    def sample(self, z):
        return np.tanh(z @ self.w + self.c)

    def logits(self, images):
        return images.reshape(len(images), -1) @ self.v + self.e

    def generator_gradients(self, z):
        images = self.sample(z)
        errors = -sigmoid(-self.logits(images)) / len(z)
        slopes = errors * self.v.T * (1 - images**2)
        return z.T @ slopes, slopes.sum(0)

    def discriminator_gradients(self, real, z):
        real, fake = real.reshape(len(real), -1), self.sample(z)
        real_errors = -sigmoid(-self.logits(real)) / len(real)
        fake_errors = sigmoid(self.logits(fake)) / len(fake)
        return (
            real.T @ real_errors + fake.T @ fake_errors,
            (real_errors + fake_errors).sum(0),
        )

    def move_generator(self, gradients):
        self.w = self.w - GENERATOR_LR * gradients[0]
        self.c = self.c - GENERATOR_LR * gradients[1]

    def move_discriminator(self, gradients):
        self.v = self.v - DISCRIMINATOR_LR * gradients[0]
        self.e = self.e - DISCRIMINATOR_LR * gradients[1]

    def discriminator_cost(self, real, z):
        real, fake = self.logits(real), self.logits(self.sample(z))
        return np.mean(-np.log(sigmoid(real)) - np.log(1 - sigmoid(fake)))

    def judge(self, real, z):
        real_logits = self.logits(real)[:, 0]
        fake_logits = self.logits(self.sample(z))[:, 0]
        return {
            "loss/discriminator": self.discriminator_cost(real, z),
            "accuracy/real": np.mean(real_logits > 0),
            "accuracy/fake": np.mean(fake_logits < 0),
            "logits/real": real_logits,
            "logits/fake": fake_logits,
        }

    def generator_cost(self, z):
        return np.mean(-np.log(sigmoid(self.logits(self.sample(z)))))

    def step(self, reals, zs, simultaneous):
        """k minibatches, k + 1 draws of latents (the last to alternate)."""
        k = len(reals)
        for real, z in zip(reals[:-1], zs, strict=False):
            self.move_discriminator(self.discriminator_gradients(real, z))
        metrics = self.judge(reals[-1], zs[k - 1])
        of_discriminator = self.discriminator_gradients(reals[-1], zs[k - 1])
        if simultaneous:
            metrics["loss/generator"] = self.generator_cost(zs[k - 1])
            of_generator = self.generator_gradients(zs[k - 1])
            self.move_discriminator(of_discriminator)
        else:
            self.move_discriminator(of_discriminator)
            metrics["loss/generator"] = self.generator_cost(zs[k])
            of_generator = self.generator_gradients(zs[k])
        self.move_generator(of_generator)
        return metrics

    def play(self, steps, k, simultaneous):
        """The metrics of every step on the first of `real_images`."""
        reals = real_images(steps * k * BATCH)
        reals = reals.reshape(steps, k, BATCH, *IMAGE_SHAPE)
        return [
            self.step(
                reals[step],
                [latents_of(step, draw) for draw in range(k + 1)],
                simultaneous,
            )
            for step in range(steps)
        ]
