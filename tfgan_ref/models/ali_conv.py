"""ALI's networks of images, as released for CIFAR-10.

Reference:
    Dumoulin, Belghazi, Poole, Mastropietro, Lamb, Arjovsky, Courville (2017),
    Adversarially Learned Inference, https://arxiv.org/abs/1606.00704
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_ref.layers.maxout import Maxout
from tfgan_ref.layers.noise import Dropout, GaussianNoise
from tfgan_ref.models import toy

# From images to 1x1: strides and feature maps, over `width`. Kernels are 4x4,
# valid, but for the first, which brings images to 28x28.
_CONVOLUTIONS = ((1, 1), (2, 2), (1, 4), (2, 8), (1, 16))
_LAST_OF_D = 32  # Over `width`, of the joint layers.
_LEAST = 2e-3  # Of a pixel's mean, whose logit must be finite.


def generator(image_shape, latent_dim=64, width=32, pixel_means=None):
    """Latents `[batch, latent_dim]` -> images in [-1, 1]."""
    z = keras.Input((latent_dim,), name="latents")
    x = layers.Reshape((1, 1, latent_dim))(z)
    kernels = [4, 4, 4, 4, image_shape[0] - 27]
    maps = [8, 4, 2, 1, 1]
    strides = [1, 2, 1, 2, 1]
    for kernel, stride, many in zip(kernels, strides, maps, strict=True):
        x = layers.Conv2DTranspose(
            many * width, kernel, stride, **_without_bias()
        )(x)
        x = _normalized(x)
    x = _normalized(layers.Conv2D(width, 1, **_without_bias())(x))
    # 1x1, with a bias for each pixel.
    last = layers.EinsumDense(
        "abcd,de->abce",
        tuple(image_shape),
        bias_axes="bce",
        kernel_initializer=_normal(),
        dtype="float32",
    )
    x = layers.Activation("sigmoid", dtype="float32")(last(x))
    if pixel_means is not None:
        means = np.clip(pixel_means, _LEAST, 1 - _LEAST)
        last.bias.assign(np.log(means / (1 - means)))
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(x)
    return keras.Model(z, x, name="generator")


def encoder(image_shape, latent_dim=64, width=32):
    """Images -> latents, drawn in training."""
    images = keras.Input(image_shape, name="images")
    x = layers.Rescaling(0.5, 0.5)(images)
    for kernel, (stride, maps) in zip(
        _kernels(image_shape), _CONVOLUTIONS, strict=True
    ):
        x = layers.Conv2D(maps * width, kernel, stride, **_without_bias())(x)
        x = _normalized(x)
    x = layers.Dense(16 * width, **_without_bias())(layers.Flatten()(x))
    x = _normalized(x, name="features")
    mean, log_sigma = (
        layers.Dense(
            latent_dim, kernel_initializer=_normal(), dtype="float32", name=name
        )(x)
        for name in ("mean", "log_sigma")
    )
    sigma = layers.Activation("exponential", dtype="float32")(log_sigma)
    drawn = layers.Multiply(dtype="float32")([sigma, noise_like(mean)])
    latents = layers.Add(dtype="float32")([mean, drawn])
    return keras.Model(images, latents, name="encoder")


def discriminator(image_shape, latent_dim=64, width=32):
    """Pairs `images` and `latents` -> logits `[batch]`."""
    images = keras.Input(image_shape, name="images")
    z = keras.Input((latent_dim,), name="latents")
    x = Dropout(0.2)(layers.Rescaling(0.5, 0.5)(images))
    for k, (kernel, (stride, maps)) in enumerate(
        zip(_kernels(image_shape), _CONVOLUTIONS, strict=True)
    ):
        x = Dropout(0.5)(x) if k else x
        # The greater of two, each with half of the maps.
        halves = [
            layers.Conv2D(
                maps * width // 2, kernel, stride, kernel_initializer=_normal()
            )(x)
            for _ in range(2)
        ]
        x = layers.Maximum()(halves)
    joint = [layers.Flatten()(x), _maxout(z, 16 * width, (0.2, 0.5))]
    x = layers.Concatenate()(joint)
    x = Dropout(0.5)(_maxout(x, _LAST_OF_D * width, (0.5, 0.5)))
    pair = {"images": images, "latents": z}
    logits = toy.logits(x, _normal())
    return keras.Model(pair, logits, name="discriminator")


def _maxout(x, maps, rates):
    for rate in rates:
        x = Dropout(rate)(x)
        x = Maxout(maps // 2, pieces=2, kernel_initializer=_normal())(x)
    return x


def noise_like(x):
    """N(0, 1) in training, and 0 else."""
    zeros = layers.Rescaling(0.0, dtype="float32")(x)
    return GaussianNoise(1.0, dtype="float32")(zeros)


def _kernels(image_shape):
    return image_shape[0] - 27, 4, 4, 4, 4


def _normalized(x, name=None):
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    x = layers.BatchNormalization(momentum=0.95, synchronized=replicas > 1)(x)
    return layers.LeakyReLU(0.1, name=name)(x)


def _without_bias():
    return {"use_bias": False, "kernel_initializer": _normal()}


def _normal():
    return keras.initializers.RandomNormal(stddev=0.01)
