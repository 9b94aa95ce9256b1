"""The convolutional networks of Salimans et al. (2016), CIFAR-10 and SVHN.

Deviation: the released code scales CIFAR-10's pixels by 128 instead of 127.5.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref.errors import UserError
from tfgan_ref.layers.noise import Dropout, GaussianNoise
from tfgan_ref.layers.weight_normalization import WeightNormalization

IMAGE_SIZE = 32  # Pixels.


def generator(image_shape, latent_dim=100):
    """Latents `[batch, latent_dim]` -> images `[batch, 32, 32, channels]`.

    A projection to 4x4 and fractionally-strided convolutions, with batch
    normalisation, which has no gain, and ReLU; the last is weight-normalised
    and ends in tanh.
    """
    _check(image_shape)
    z = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(4 * 4 * 512, use_bias=False, kernel_initializer=_normal())(
        z
    )
    x = layers.Reshape((4, 4, 512))(layers.ReLU()(_batch_normalization()(x)))
    for filters in (256, 128):
        x = _deconvolution(filters)(x)
        x = layers.ReLU()(_batch_normalization()(x))
    last = _deconvolution(image_shape[-1])
    x = WeightNormalization(last, train_scale=True)(x)
    images = layers.Activation("tanh", dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(
    image_shape, classes, *, widths=(96, 192), make_minibatch_features=None
):
    """Images `[batch, 32, 32, channels]` in [-1, 1] -> `[batch, classes]`.

    Weight-normalised convolutions with fixed scales and LeakyReLU(0.2); the
    scales of the output layer are trained. The layer `features` is the global
    average pool.

    Args:
        image_shape: `(32, 32, channels)`.
        classes: int, real ones.
        widths: feature maps at 32 and at 16 pixels, 64 and 128 for SVHN.
        make_minibatch_features: function without arguments -> layer, which
            goes after the pool, with noise on the images instead of dropout;
            None: none.
    """
    _check(image_shape)
    images = keras.Input(tuple(image_shape), name="images")
    noise = GaussianNoise(0.2) if make_minibatch_features else Dropout(0.2)
    x = noise(images)
    for filters in widths:
        for strides in (1, 1, 2):
            x = _convolution(x, filters, 3, strides=strides, padding="same")
        if not make_minibatch_features:
            x = Dropout(0.5)(x)
    x = _convolution(x, widths[-1], 3)
    for _ in range(2):
        x = _convolution(x, widths[-1], 1)
    x = layers.GlobalAveragePooling2D(name="features")(x)
    if make_minibatch_features:
        x = make_minibatch_features()(x)
    x = WeightNormalization(
        layers.Dense(
            classes,
            use_bias=False,
            kernel_initializer=_normal(),
            dtype="float32",
        ),
        train_scale=True,
        dtype="float32",
    )(x)
    logits = layers.Activation("linear", dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


def _check(image_shape):
    if tuple(image_shape[:2]) != (IMAGE_SIZE, IMAGE_SIZE):
        raise UserError(
            f"These networks are for images of {IMAGE_SIZE}x{IMAGE_SIZE} "
            f"pixels. Received: image_shape={tuple(image_shape)}"
        )


def _normal():
    return keras.initializers.RandomNormal(stddev=0.05)


def _convolution(x, filters, kernel_size, **options):
    convolution = layers.Conv2D(
        filters,
        kernel_size,
        use_bias=False,
        kernel_initializer=_normal(),
        **options,
    )
    return layers.LeakyReLU(0.2)(WeightNormalization(convolution)(x))


def _deconvolution(filters):
    return layers.Conv2DTranspose(
        filters,
        5,
        strides=2,
        padding="same",
        use_bias=False,
        kernel_initializer=_normal(),
    )


def _batch_normalization():
    """With bias, without gain; over the global batch of all replicas."""
    return layers.BatchNormalization(
        scale=False,
        epsilon=1e-6,
        momentum=0.9,
        synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
    )
