"""The next frame of a video: squared error, edges and an adversary.

Where two next frames are possible, the least squared error has their average,
which is neither (Goodfellow 2016, figure 3); an adversary wants one of them.

References:
    Mathieu, Couprie, LeCun (2016), Deep multi-scale video prediction beyond
    mean square error, https://arxiv.org/abs/1511.05440
    Lotter, Kreiman, Cox (2016), Unsupervised Learning of Visual Structure
    using Predictive Generative Networks, https://arxiv.org/abs/1511.06380
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref import checks
from tfgan_ref.errors import UserError
from tfgan_ref.losses import gradient_difference
from tfgan_ref.models import answering, dcgan, table

_HALVING = {"strides": 2, "padding": "same"}


def build(
    examples,
    *,
    width=32,
    error_weight=1.0,
    gradient_weight=0.0,
    gan_weight=0.05,
    pretrain_steps=0,
    ema_decay=0.0,
    seed=0,
):
    """Returns a `NextFrameGAN`; compile it with Adam.

    Deviations from Mathieu et al.: costs are means over pixels, where the paper
    has sums; a small U-Net in place of four scales; DCGAN's discriminator;
    no tanh at the end, which saturates where most pixels are black.

    Args:
        examples: float32 `[count, size, size, frames]` in [-1, 1], grey frames,
            the oldest first, of which samples are made; size of
            `dcgan.IMAGE_SIZES`.
        width: int >= 1, feature maps; they double where the size halves.
        error_weight: float >= 0, of the squared error.
        gradient_weight: float >= 0, of `losses.gradient_difference`.
        gan_weight: float >= 0, of the adversarial cost.
        pretrain_steps: int >= 0, so many steps are without it.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights.

    Raises:
        UserError: an argument is out of range.
    """
    checks.positive(width=width)
    if not (error_weight or gradient_weight or gan_weight):
        raise UserError(
            "A weight above 0 was expected: of the error, of the gradients or "
            "of the game. Received: 0 of each"
        )
    keras.utils.set_random_seed(seed)
    count, *shape = examples.shape
    return NextFrameGAN(
        _generator(shape, width),
        _discriminator(shape, width),
        examples=table.of(examples, "examples"),
        prior=table.Places(count),
        error_weight=error_weight,
        gradient_weight=gradient_weight,
        gan_weight=gan_weight,
        pretrain_steps=pretrain_steps,
        ema_decay=ema_decay,
        seed=seed,
        name="next_frame",
    )


def _generator(shape, width):
    """Frames -> the next one, through a quarter of the size and back."""
    frames = keras.Input(tuple(shape), name="frames")
    ink = layers.Rescaling(0.5, 0.5)(frames)  # Black is what is padded.
    half = _activated(layers.Conv2D(2 * width, 5, **_HALVING)(ink))
    x = _activated(layers.Conv2D(4 * width, 5, **_HALVING)(half))
    for _ in range(2):
        x = _activated(layers.Conv2D(4 * width, 3, padding="same")(x))
    x = _activated(layers.Conv2DTranspose(2 * width, 5, **_HALVING)(x))
    x = layers.Concatenate()([x, half])
    x = _activated(layers.Conv2DTranspose(width, 5, **_HALVING)(x))
    x = layers.Concatenate()([x, ink])
    x = layers.Conv2D(1, 5, padding="same")(x)
    images = layers.Rescaling(2.0, -1.0, dtype="float32", name="images")(x)
    return keras.Model({"frames": frames}, images, name="generator")


def _activated(x):
    return layers.LeakyReLU(0.2)(x)


def _discriminator(shape, width):
    """Frames and a next one -> logits."""
    *size, count = shape
    frames = keras.Input(tuple(shape), name="frames")
    images = keras.Input((*size, 1), name="images")
    x = layers.Concatenate()([frames, images])
    x = layers.Rescaling(0.5, 0.5)(x)
    judge = dcgan.discriminator((*size, count + 1), width)
    given = {"images": images, "frames": frames}
    return keras.Model(given, judge(x), name="discriminator")


class NextFrameRound(answering.AnsweringRound):
    """A round of next frames, each beside the frames before it."""

    def judged(self, images):
        """The next frames and those before them."""
        return {"images": images, **self.inputs}


@keras.saving.register_keras_serializable("tfgan_ref")
class NextFrameGAN(answering.AnsweringGAN):
    """A generator of the frame that follows those it is given.

    It trains on pairs of next frames and of the frames before them, see
    `data.moving.stream`.

    Args:
        *args: of `AnsweringGAN`.
        error_weight: float >= 0, of the squared error.
        gradient_weight: float >= 0, of the difference of gradients.
        **kwargs: of `AnsweringGAN`.
    """

    round_class = NextFrameRound
    given = "frames"
    answer = "next_frame"

    def __init__(self, *args, error_weight=1.0, gradient_weight=0.0, **kwargs):
        super().__init__(*args, **kwargs)
        weights = {
            "error_weight": error_weight,
            "gradient_weight": gradient_weight,
        }
        checks.at_least(0, **weights)
        self.error_weight, self.gradient_weight = weights.values()

    def inputs(self, minibatch, draw):
        """The frames of a minibatch."""
        if not isinstance(minibatch, tuple):
            raise UserError(
                "Next frames and those before them were expected. "
                "Received: images"
            )
        return {"frames": minibatch[1]}

    def error_cost(self, round):
        """The squared error and the difference of gradients, weighted."""
        terms = []
        if self.error_weight:
            terms.append(self.error_weight * round.errors)
        if self.gradient_weight:
            apart = gradient_difference.gradient_difference(
                round.real, round.fake
            )
            terms.append(self.gradient_weight * apart)
        return terms

    def minibatch_spec(self, batch_size):
        """Next frames, and the frames before them."""
        shape = [batch_size, *self.generator_spec["frames"].shape[1:]]
        return super().minibatch_spec(batch_size), tf.TensorSpec(shape)

    def continue_video(self, video, count=1):
        """The frames that follow a video, each one made of those before it.

        Args:
            video: float `[frames, height, width, 1]` in [0, 1], as many frames
                as the generator is given, or more.
            count: int >= 1, frames to be made.

        Returns:
            float32 `[count, height, width, 1]` in [0, 1].

        Raises:
            UserError: the video is too short, or of another size.
        """
        height, width, length = self.generator_spec["frames"].shape[1:]
        video = np.asarray(video, np.float32)
        if video.shape[1:] != (height, width, 1) or len(video) < length:
            raise UserError(
                f"A video of {length} frames at least of {height}x{width}x1 "
                f"was expected. Received: shape {video.shape}"
            )
        predict, _ = self.endpoints()[self.answer]
        frames = list(video[-length:])
        for _ in range(count):
            given = np.concatenate(frames[-length:], -1)[None]
            frames.append(predict(frames=given)["images"][0].numpy())
        return np.stack(frames[length:])

    def get_config(self):
        """Arguments of the constructor."""
        return super().get_config() | {
            "error_weight": self.error_weight,
            "gradient_weight": self.gradient_weight,
        }
