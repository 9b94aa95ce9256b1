"""SRGAN: images four times as high and wide, and as sharp as real ones.

Of all large images that a small one may be of, squared error wants the average,
which is blurred; an adversary wants one of them (Goodfellow 2016, figure 4).

Reference:
    Ledig et al. (2017), Photo-Realistic Single Image Super-Resolution Using a
    Generative Adversarial Network, https://arxiv.org/abs/1609.04802
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, pyramid
from tfgan_ref.errors import UserError
from tfgan_ref.losses import reconstruction
from tfgan_ref.models import answering, dcgan, frozen, table
from tfgan_ref.round import quantity

FACTOR = 4


def build(
    examples,
    *,
    content=None,
    blocks=16,
    width=64,
    gan_weight=1e-3,
    pretrain_steps=0,
    ema_decay=0.0,
    seed=0,
):
    """Returns an `SRGAN`; compile it with Adam(1e-4), beta_1=0.9 in the paper.

    Deviations: DCGAN's discriminator; features of a classifier of the data,
    where the paper has VGG's of ImageNet; small images are means of sixteen
    pixels.

    Args:
        examples: float32 `[count, size, size, channels]` in [-1, 1], small
            images, of which samples are made; four times `size` is of
            `dcgan.IMAGE_SIZES`.
        content: network of large images, whose outputs' squared error is the
            content cost, see `features`; None: of pixels.
        blocks: int >= 1, residual blocks.
        width: int >= 1, feature maps, of both networks.
        gan_weight: float >= 0, see `AnsweringGAN`.
        pretrain_steps: int >= 0, so many steps are of squared error alone.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(blocks=blocks, width=width)
    keras.utils.set_random_seed(seed)
    count, height, _, channels = examples.shape
    shape = (FACTOR * height, FACTOR * height, channels)
    return SRGAN(
        _generator(examples.shape[1:], blocks, width),
        dcgan.discriminator(shape, width),
        examples=table.of(examples, "examples"),
        content=content or _pixels(shape),
        prior=table.Places(count),
        gan_weight=gan_weight,
        pretrain_steps=pretrain_steps,
        ema_decay=ema_decay,
        seed=seed,
        name="srgan",
    )


def _generator(shape, blocks, width):
    """Small images -> large ones: figure 4 of the paper."""
    images = keras.Input(tuple(shape), name="images")
    x = begun = _activated(_convolution(images, width, 9))
    for _ in range(blocks):
        y = _activated(_normalized(_convolution(x, width, 3)))
        x = layers.Add()([x, _normalized(_convolution(y, width, 3))])
    x = layers.Add()([begun, _normalized(_convolution(x, width, 3))])
    for _ in range(2):
        x = _activated(_doubled(_convolution(x, 4 * width, 3)))
    x = _convolution(x, shape[-1], 9)
    x = layers.Activation("tanh", dtype="float32", name="large")(x)
    return keras.Model({"images": images}, x, name="generator")


def _convolution(x, maps, kernel):
    return layers.Conv2D(maps, kernel, padding="same")(x)


def _activated(x):
    return layers.PReLU(shared_axes=[1, 2])(x)


def _normalized(x):
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    return layers.BatchNormalization(momentum=0.9, synchronized=replicas > 1)(x)


def _doubled(x):
    """Four maps of each pixel as a square of four, twice as high and wide."""
    _, height, width, maps = x.shape
    x = layers.Reshape((height, width, 2, 2, maps // 4))(x)
    x = layers.Permute((1, 3, 2, 4, 5))(x)
    return layers.Reshape((2 * height, 2 * width, maps // 4))(x)


def _pixels(shape):
    images = keras.Input(tuple(shape), name="images")
    flat = layers.Flatten(dtype="float32")(images)
    return keras.Model(images, flat, name="content")


def features(classifier, images):
    """The content network of a classifier: its last maps, not yet pooled.

    It is a frozen copy without dropout, which would be noise in the cost. Maps
    are scaled to a standard deviation of 1, as the paper scales VGG's to
    about the pixels' range.

    Args:
        classifier: functional `keras.Model`, images -> probabilities. It stays
            as it is.
        images: float32 `[count, height, width, channels]` in [-1, 1], of which
            the deviation is.

    Raises:
        UserError: it has no convolution, or its maps do not differ.
    """
    network = frozen.without_dropout(classifier)
    maps = [
        layer.output
        for layer in network.layers[1:]
        if len(layer.output.shape) == 4
        and not isinstance(layer, layers.MaxPooling2D)
    ]
    if not maps:
        raise UserError(
            "A classifier with convolutions was expected. Received: "
            f"{', '.join(layer.name for layer in classifier.layers)}"
        )
    seen = keras.Model(network.input, maps[-1])(images, training=False)
    deviation = float(np.std(seen))
    if not deviation > 0:
        raise UserError(
            "Features that differ were expected. Received: a standard "
            f"deviation of {deviation}"
        )
    scaled = layers.Rescaling(1.0 / deviation, dtype="float32")(maps[-1])
    network = keras.Model(network.input, scaled, name="content")
    network.trainable = False
    return network


class SuperResolutionRound(answering.AnsweringRound):
    """A round of large images, each beside what is made of the small one."""

    @quantity
    def content_errors(self):
        """The squared error of the contents, float32 `[batch]`."""
        wanted, made = (
            self.forward("content", images) for images in (self.real, self.fake)
        )
        return reconstruction.squared_error(wanted, made)


@keras.saving.register_keras_serializable("tfgan_ref")
class SRGAN(answering.AnsweringGAN):
    """A generator of large images of small ones; it trains on large images.

    The network `content`, which nothing moves, says what of an image costs.
    """

    network_names = ("generator", "discriminator", "examples", "content")
    round_class = SuperResolutionRound
    answer = "upscale"

    def inputs(self, minibatch, draw):
        """A minibatch's images, small."""
        return {"images": small(tf.nest.flatten(minibatch)[0])}

    def error_cost(self, round):
        """The content's, and in the first steps the pixels'."""
        if not self.pretrain_steps:
            return [round.content_errors]
        errors = round.errors, round.content_errors
        return [tf.where(self.is_pretraining(), *errors)]


def small(images):
    """Means over squares of sixteen pixels.

    Args:
        images: float `[batch, height, width, channels]`.

    Raises:
        UserError: a side is no multiple of 4, so that rows would be left out.
    """
    size = images.shape[1:3]
    if any(side and side % FACTOR for side in size):
        raise UserError(
            f"Images whose sides are multiples of {FACTOR} were expected, to "
            f"be made small. Received: {'x'.join(map(str, size))} pixels"
        )
    return pyramid.halve(pyramid.halve(images))
