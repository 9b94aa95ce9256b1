"""DCGAN: the all-convolutional networks of Radford et al. (2016).

Reference:
    Radford, Metz, Chintala (2016), Unsupervised Representation Learning with
    Deep Convolutional Generative Adversarial Networks,
    https://arxiv.org/abs/1511.06434
"""

import functools

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref import checks, priors
from tfgan_ref.errors import UserError
from tfgan_ref.gan import GAN
from tfgan_ref.layers.reference_normalization import (
    PrependReference,
    RemoveReference,
)

# Height and width in pixels -> how often the generator doubles its first
# feature map, 4x4 (7x7 for 28 pixels).
_DOUBLINGS = {28: 2, 32: 3, 64: 4, 128: 5}
IMAGE_SIZES = tuple(_DOUBLINGS)


def build(
    image_shape,
    *,
    latent_dim=100,
    width=64,
    kernel_size=5,
    prior=priors.Uniform,
    normalization=None,
    reference_size=64,
    ema_decay=0.0,
    seed=0,
):
    """Returns a DCGAN; compile it with Adam(2e-4, beta_1=0.5).

    The paper's networks make 64x64 pixels with `width=128`; its authors' and
    most later code uses 64. Deviations: 28, 32 and 128 pixels have one or two
    doublings fewer or one more; layers that batch normalisation follows have
    no bias; `ema_decay` adds an average of the generator that takes no part
    in the game.

    Args:
        image_shape: `(size, size, channels)`, size in `IMAGE_SIZES`, channels
            1 or 3.
        latent_dim: int >= 1, length of z.
        width: int >= 1, feature maps at half the image's size; they double
            where the size halves.
        kernel_size: int >= 2, of every convolution; 5 in the paper, 4 in
            later ports.
        prior: class of `priors`; U(-1, 1) in the paper.
        normalization: class of the generator's normalisation, see `generator`.
        reference_size: int >= 2, with it: how many latents, drawn from the
            prior once, are the reference batch.
        ema_decay: float in [0, 1), see `GAN`.
        seed: int, of the initial weights and of the latents.

    Returns:
        `GAN`, not compiled.

    Raises:
        UserError: an argument is out of range.
    """
    checks.at_least(1, latent_dim=latent_dim, width=width)
    checks.at_least(2, kernel_size=kernel_size, reference_size=reference_size)
    prior = priors.of(prior, latent_dim)
    reference_latents = None
    if normalization is not None:
        # In the place of -2 draws of a step have -1 or more, samples 0.
        reference_latents = prior.draw(reference_size, seed=[seed, -2])
    # Keras draws the initial weights from its global generator.
    keras.utils.set_random_seed(seed)
    return GAN(
        generator(
            image_shape,
            latent_dim,
            width,
            kernel_size,
            normalization=normalization,
            reference_latents=reference_latents,
        ),
        discriminator(image_shape, width, kernel_size),
        prior=prior,
        ema_decay=ema_decay,
        seed=seed,
        name="dcgan",
    )


def generator(
    image_shape,
    latent_dim=100,
    width=64,
    kernel_size=5,
    *,
    normalization=None,
    reference_latents=None,
):
    """Latents `[batch, latent_dim]` -> images `[batch, *image_shape]`.

    Figure 1 of the paper: project and reshape, then fractionally-strided
    convolutions, each with batch normalisation and ReLU but for the last,
    which ends in tanh.

    `normalization=VirtualBatchNormalization` or `ReferenceBatchNormalization`
    takes the statistics of `reference_latents`, float
    `[reference_size, latent_dim]`, instead of the batch's. The generator alone
    has that, as in Salimans et al. (2016, section 3.5): every pass computes
    the reference batch as well, too expensive for both.
    """
    z = keras.Input((latent_dim,), name="latents")
    x, normalize = _with_reference(z, normalization, reference_latents)
    x = upsampled(x, image_shape, width, kernel_size, normalize)
    if normalization is not None:
        x = RemoveReference(len(reference_latents))(x)
    images = drawn(x, image_shape, kernel_size)
    return keras.Model(z, images, name="generator")


def upsampled(x, image_shape, width=64, kernel_size=5, normalize=None):
    """Rows -> feature maps `[batch, size / 2, size / 2, width]`.

    Args:
        x: Keras tensor `[batch, length]`.
        image_shape: as for `build`, and so are the next two.
        width: int.
        kernel_size: int.
        normalize: function without arguments that makes a normalisation, a
            function of feature maps; None: batch normalisation.
    """
    size, _, doublings = _parse(image_shape)
    normalize = normalize or batch_normalization
    filters = width * 2 ** (doublings - 1)
    first = size // 2**doublings
    x = layers.Dense(
        first * first * filters, use_bias=False, kernel_initializer=normal()
    )(x)
    x = layers.Reshape((first, first, filters))(x)
    x = layers.ReLU()(normalize()(x))
    while filters > width:
        filters //= 2
        x = layers.Conv2DTranspose(
            filters, kernel_size, use_bias=False, **halving()
        )(x)
        x = layers.ReLU()(normalize()(x))
    return x


def drawn(x, image_shape, kernel_size=5):
    """Feature maps of `upsampled` -> images float32 in [-1, 1]."""
    x = layers.Conv2DTranspose(image_shape[-1], kernel_size, **halving())(x)
    return layers.Activation("tanh", dtype="float32", name="images")(x)


def discriminator(image_shape, width=64, kernel_size=5, *, normalized=True):
    """Images `[batch, *image_shape]` in [-1, 1] -> logits `[batch]`.

    The generator's mirror image: strided convolutions, each with batch
    normalisation, but for the first, and LeakyReLU(0.2). Without `normalized`
    a bias takes its place, as WGAN-GP wants it of a critic. There may be any
    number of channels, such as planes of labels behind the image's.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = downsampled(images, width, kernel_size, normalized=normalized)
    x = head(1, layers.Flatten()(x))
    logits = layers.Reshape((), dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


def downsampled(
    images,
    width=64,
    kernel_size=5,
    *,
    normalized=True,
    wrap=lambda layer: layer,
):
    """Images -> the last feature maps of the discriminator.

    Args:
        images: Keras tensor `[batch, size, size, channels]`.
        width: as for `build`, and so is the next.
        kernel_size: int.
        normalized: see `discriminator`.
        wrap: function of a convolution that gives what is called in its place.
    """
    _, _, doublings = _parse(images.shape[1:], any_channels=True)
    x = wrap(layers.Conv2D(width, kernel_size, **halving()))(images)
    x = layers.LeakyReLU(0.2)(x)
    for i in range(1, doublings):
        convolution = layers.Conv2D(
            width * 2**i, kernel_size, use_bias=not normalized, **halving()
        )
        x = wrap(convolution)(x)
        x = layers.LeakyReLU(0.2)(batch_normalization()(x) if normalized else x)
    return x


def head(units, x, **kwargs):
    """Rows -> numbers `[batch, units]`, float32, by `Dense` as it begins."""
    return layers.Dense(
        units, kernel_initializer=normal(), dtype="float32", **kwargs
    )(x)


def image_size_for(natural_size):
    """The largest of `IMAGE_SIZES` that needs no enlarging.

    Args:
        natural_size: int, pixels of the shorter side of the smallest image.

    Raises:
        UserError: the images are smaller than the smallest network.
    """
    if natural_size < min(IMAGE_SIZES):
        raise UserError(
            f"DCGAN needs images of at least {min(IMAGE_SIZES)} pixels; "
            "image_size enlarges smaller ones. "
            f"Received: a shorter side of {natural_size} pixels"
        )
    return max(size for size in IMAGE_SIZES if size <= natural_size)


def _parse(image_shape, any_channels=False):
    height, width, channels = image_shape
    is_image = any_channels or channels in (1, 3)
    if height != width or height not in _DOUBLINGS or not is_image:
        raise UserError(
            f"DCGAN makes square images of {IMAGE_SIZES} pixels with 1 or 3 "
            f"channels. Received: image_shape={tuple(image_shape)}"
        )
    return height, channels, _DOUBLINGS[height]


def _with_reference(z, normalization, reference_latents):
    """The first layer's inputs, and a function that makes a normalisation."""
    if (normalization is None) != (reference_latents is None):
        shape = getattr(reference_latents, "shape", None)
        raise UserError(
            "`normalization` and `reference_latents` need one another. "
            f"Received: {normalization} and latents of shape {shape}"
        )
    if normalization is None:
        return z, batch_normalization
    prepend = PrependReference(reference_latents.shape)
    joint = prepend(z)
    prepend.reference.assign(reference_latents)
    return joint, functools.partial(normalization, len(reference_latents))


def normal(mean=0.0):
    """How weights begin, N(mean, 0.02)."""
    return keras.initializers.RandomNormal(mean=mean, stddev=0.02)


def halving():
    """What every (fractionally-)strided convolution has in common."""
    return {
        "strides": 2,
        "padding": "same",
        "kernel_initializer": normal(),
    }


def batch_normalization():
    """Gain N(1, 0.02), as released; over the global batch of all replicas."""
    return layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=normal(mean=1.0),
        synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
    )
