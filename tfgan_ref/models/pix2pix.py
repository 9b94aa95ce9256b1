"""pix2pix: a U-Net and a discriminator of patches, for pairs of images.

Reference:
    Isola, Zhu, Zhou, Efros (2017), Image-to-Image Translation with Conditional
    Adversarial Networks, https://arxiv.org/abs/1611.07004
"""

from __future__ import annotations

import keras
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.mask_priors import DropoutMask
from tfgan_ref.models import table
from tfgan_ref.models.paired import PairedGAN

# Pixels that a patch's logit is a function of, one way -> how many of the
# discriminator's convolutions halve.
RECEPTIVE_FIELDS = {1: 0, 16: 1, 34: 2, 70: 3}
_PADDED = {28: 32}
_WIDEST = 8  # Times the width of the first.
_DROPPED_OUT = 3  # Layers of the decoder.


def build(
    examples,
    *,
    receptive_field=70,
    width=64,
    dropout=0.5,
    l1_weight=100.0,
    gan_weight=1.0,
    ema_decay=0.0,
    seed=0,
):
    """Returns pix2pix as released; compile it with Adam(2e-4, beta_1=0.5).

    The released networks halve 256 pixels eight times; these halve as often as
    there are pixels. Normalisation is of each image by itself, which batch
    normalisation is in the released minibatches of one; z is what is dropped
    out. Deviations: what a patch sees beyond the border is split otherwise; 28
    pixels are padded to 32; both players move at once.

    Args:
        examples: two of float32 `[count, size, size, channels]` in [-1, 1],
            targets and sources, of which samples are made; size a power of
            two >= 8, or 28.
        receptive_field: of `RECEPTIVE_FIELDS`, pixels.
        width: int >= 1, feature maps of both first layers.
        dropout: float in [0, 1), the share.
        l1_weight: float >= 0, see `PairedGAN`, and so is the next.
        gan_weight: float >= 0.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of dropout.

    Raises:
        UserError: an argument is out of range, or a U-Net cannot halve the
            size.
    """
    checks.positive(width=width)
    if receptive_field not in RECEPTIVE_FIELDS:
        known = ", ".join(map(str, RECEPTIVE_FIELDS))
        raise UserError(
            f"`receptive_field` must be one of {known}. "
            f"Received: {receptive_field}"
        )
    targets, sources = examples
    (*size, channels), source_shape = targets.shape[1:], sources.shape[1:]
    keras.utils.set_random_seed(seed)
    generator = unet(source_shape, channels, width)
    pair_shape = (*size, source_shape[-1] + channels)
    prior = priors.Product(
        **{
            name: DropoutMask(given.shape[-1], dropout)
            for name, given in generator.input.items()
            if name != "source"
        }
    )
    return PairedGAN(
        generator,
        discriminator(pair_shape, receptive_field, width),
        targets=table.of(targets, "targets"),
        sources=table.of(sources, "sources"),
        prior=prior,
        l1_weight=l1_weight,
        gan_weight=gan_weight,
        ema_decay=ema_decay,
        seed=seed,
        name="pix2pix",
    )


def unet(image_shape, channels, width=64):
    """`source` and masks of dropout -> images, through one pixel and back.

    Of 32 pixels the masks are `mask_2`, `mask_4` and `mask_8`, by the size of
    what is multiplied.

    Args:
        image_shape: `(size, size, channels)` of the source.
        channels: int, of the images.
        width: int.
    """
    halvings = _halvings(image_shape)
    source = keras.Input(image_shape, name="source")
    margin = (2**halvings - image_shape[0]) // 2
    x = layers.ZeroPadding2D(margin)(source) if margin else source
    maps = [width * min(2**k, _WIDEST) for k in range(halvings)]
    halved = []
    for k in range(halvings):
        x = layers.LeakyReLU(0.2)(x) if k else x
        x = _convolution(maps[k], 4, 2)(x)
        x = _normalized(x) if 0 < k < halvings - 1 else x
        halved.append(x)
    given = {"source": source}
    for k in range(halvings - 1, 0, -1):
        x = _normalized(_doubling(maps[k - 1])(layers.ReLU()(x)))
        if k > halvings - 1 - _DROPPED_OUT:
            x = _masked(x, given)
        x = layers.Concatenate()([x, halved[k - 1]])
    last = {"activation": "tanh", "dtype": "float32"}
    x = _doubling(channels, **last)(layers.ReLU()(x))
    if margin:
        x = layers.Cropping2D(margin, dtype="float32")(x)
    return keras.Model(given, x, name="generator")


def discriminator(image_shape, receptive_field, width=64):
    """Pairs -> a logit of each patch, `[batch, rows, columns]`.

    Args:
        image_shape: `(size, size, channels)` of both images of a pair, one
            behind the other.
        receptive_field: of `RECEPTIVE_FIELDS`.
        width: int.
    """
    halvings = RECEPTIVE_FIELDS[receptive_field]
    kernel, strides = (4, [2] * halvings) if halvings else (1, [1])
    pairs = x = keras.Input(image_shape, name="pairs")
    for k, stride in enumerate([*strides, 1]):
        maps = width * min(2**k, _WIDEST)
        x = _convolution(maps, kernel, stride)(x)
        x = layers.LeakyReLU(0.2)(_normalized(x) if k else x)
    x = _convolution(1, kernel, 1, dtype="float32")(x)
    logits = layers.Reshape(x.shape[1:3], dtype="float32", name="logits")(x)
    return keras.Model(pairs, logits, name="discriminator")


def _masked(x, given):
    """Times a further input, which is added to those that are given."""
    _, side, _, maps = x.shape
    mask = keras.Input((side * side * maps,), name=f"mask_{side}")
    given[mask.name] = mask
    return layers.Multiply()([x, layers.Reshape(x.shape[1:])(mask)])


def _halvings(image_shape):
    """How often a U-Net halves images, down to one pixel."""
    height, width, _ = image_shape
    side = _PADDED.get(height, height)
    if height != width or side < 8 or side & (side - 1):
        raise UserError(
            "A U-Net halves square images to one pixel: a side of 8, 16, 32, "
            "64... pixels was expected, or of 28, which are padded to 32. "
            f"Received: {height}x{width}"
        )
    return side.bit_length() - 1


# Released, biases are set to 0 before every step.
def _convolution(maps, kernel, stride, **how):
    return layers.Conv2D(
        maps,
        kernel,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
        **how,
    )


def _doubling(maps, **how):
    return layers.Conv2DTranspose(
        maps,
        4,
        2,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
        **how,
    )


def _normalized(x):
    """Each feature map of each image by itself."""
    return layers.GroupNormalization(
        groups=-1,
        epsilon=1e-5,
        gamma_initializer=keras.initializers.RandomNormal(1.0, 0.02),
    )(x)
