"""DiffAugment: the discriminator sees no image as it is, real or generated.

What it sees of an image is changed at random, in the costs of both players, and
the generator's gradient flows through the change. So a discriminator of few
examples cannot learn them by heart, and samples do not become like the changed
ones, as they would if the data alone were changed.

Reference:
    Zhao, Liu, Lin, Zhu, Han (2020), Differentiable Augmentation for
    Data-Efficient GAN Training, https://arxiv.org/abs/2006.10738
"""

from __future__ import annotations

import keras
import tensorflow as tf

from tfgan_ref.errors import UserError

# In the order in which they are applied.
POLICIES = ("color", "translation", "cutout")


def augment(images, policies, seed):
    """Images, each changed by draws of its own, as in the released code.

    Args:
        images: float `[batch, height, width, channels]` in [-1, 1].
        policies: names of `POLICIES`.
        seed: int `[2]`. What one policy draws does not depend on the others.

    Returns:
        Of the same dtype and shape, maybe out of [-1, 1].
    """
    for number, (policy, operation) in enumerate(_OPERATIONS):
        if policy in policies:
            images = operation(images, _folded(seed, number))
    return images


def brightness(images, seed):
    """Adds u ~ U(-1/2, 1/2) to each image."""
    return images + _uniform(images, seed, -0.5, 0.5)


def saturation(images, seed):
    """Scales the distance to the mean of the channels by u ~ U(0, 2)."""
    mean = tf.reduce_mean(images, -1, keepdims=True)
    return mean + (images - mean) * _uniform(images, seed, 0.0, 2.0)


def contrast(images, seed):
    """Scales the distance to the mean of the image by u ~ U(1/2, 3/2)."""
    mean = tf.reduce_mean(images, [1, 2, 3], keepdims=True)
    return mean + (images - mean) * _uniform(images, seed, 0.5, 1.5)


def translation(images, seed):
    """Moves each image by up to 1/8 of its sides; what comes in is 0."""
    for axis in (1, 2):
        size = keras.ops.shape(images)[axis]
        limit = size // 8
        moved = _integers(images, _folded(seed, axis), -limit, limit + 1)
        # One row of zeros on each side stands for all that is beyond.
        places = tf.clip_by_value(tf.range(size) + moved + 1, 0, size + 1)
        padding = [[int(i == axis)] * 2 for i in range(4)]
        images = tf.gather(
            tf.pad(images, padding), places, axis=axis, batch_dims=1
        )
    return images


def cutout(images, seed):
    """Sets to 0 a rectangle of half the sides, or what of it is inside."""
    _, height, width, _ = keras.ops.shape(images)
    rows = _outside(images, height, _folded(seed, 1))
    columns = _outside(images, width, _folded(seed, 2))
    outside = rows[:, :, None, None] | columns[:, None, :, None]
    return images * tf.cast(outside, images.dtype)


def _outside(images, size, seed):
    """Which places of a side are not in the half of it, bool `[batch, size]`.

    The middle is inside; of an even half it may be the image's end.
    """
    half = size // 2
    middle = _integers(images, seed, 0, size + 1 - half % 2)
    place = tf.range(size) - middle + half // 2
    return (place < 0) | (place >= half)


_OPERATIONS = (
    ("color", brightness),
    ("color", saturation),
    ("color", contrast),
    ("translation", translation),
    ("cutout", cutout),
)


def checked(policies, generator) -> tuple[str, ...]:
    """The policies in the order of `POLICIES`.

    Args:
        policies: what `GAN.compile` was given.
        generator: `keras.Model`.

    Raises:
        UserError: one is none of them, or is there twice, or the generator
            makes no images.
    """
    given = [policies] if isinstance(policies, str) else list(policies)
    chosen = tuple(name for name in POLICIES if name in given)
    if len(chosen) != len(given):
        raise UserError(
            "`diff_augment` must be some of "
            f"{', '.join(POLICIES)}. Received: {policies}"
        )
    shape = getattr(generator, "output_shape", None)
    if chosen and isinstance(shape, tuple) and len(shape) != 4:
        raise UserError(
            "`diff_augment` is for images `[batch, height, width, channels]`. "
            f"Received: a generator of {shape}"
        )
    return chosen


def _folded(seed, number):
    return tf.random.experimental.stateless_fold_in(seed, number)


def _uniform(images, seed, low, high):
    """One number of each image, `[batch, 1, 1, 1]`."""
    shape = [keras.ops.shape(images)[0], 1, 1, 1]
    drawn = tf.random.stateless_uniform(shape, seed, low, high)
    return tf.cast(drawn, images.dtype)


def _integers(images, seed, low, high):
    """One of low to high - 1 of each image, int32 `[batch, 1]`."""
    shape = [keras.ops.shape(images)[0], 1]
    return tf.random.stateless_uniform(shape, seed, low, high, tf.int32)
