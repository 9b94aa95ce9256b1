"""Perceptrons of the adversarial autoencoder, two hidden layers each.

Reference:
    Makhzani, Shlens, Jaitly, Goodfellow, Frey (2016), Adversarial
    Autoencoders, https://arxiv.org/abs/1511.05644
"""

import keras
from keras import layers

from tfgan_ref.layers.noise import GaussianNoise


def encoder(image_shape, latent_dim, categories=0, units=1000):
    """Images -> codes `[batch, latent_dim]`.

    With categories -> a dict of them, `latents`, and of the categories' logits,
    `categories`, `[batch, categories]`.
    """
    images = keras.Input(image_shape, name="images")
    x = layers.Rescaling(0.5, 0.5)(layers.Flatten()(images))
    x = _hidden(x, units)
    codes = _linear(x, latent_dim, "latents")
    if categories:
        logits = _linear(x, categories, "categories")
        codes = {"latents": codes, "categories": logits}
    return keras.Model(images, codes, name="encoder")


def decoder(image_shape, latent_dim, categories=0, units=1000):
    """Codes, of categories their probabilities -> images in [-1, 1]."""
    z = codes = x = keras.Input((latent_dim,), name="latents")
    if categories:
        y = keras.Input((categories,), name="categories")
        codes = {"latents": z, "categories": y}
        x = layers.Concatenate()([z, y])
    x = _hidden(x, units)
    x = _linear(x, _size(image_shape), "pixels")
    x = layers.Activation("sigmoid", dtype="float32")(x)
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(x)
    x = layers.Reshape(tuple(image_shape), dtype="float32")(x)
    return keras.Model(codes, x, name="decoder")


def judge(name, code, size, classes=0, noise=0.0, units=1000):
    """Codes `[batch, size]` -> logits `[batch]` of the prior's.

    Args:
        name: of the network.
        code: what the input is called.
        size: int, numbers of a code.
        classes: int; a second input `classes`, `[batch, classes]`, if not 0.
        noise: float, standard deviation, added to codes.
        units: int, of each hidden layer.
    """
    codes = given = keras.Input((size,), name=code)
    x = GaussianNoise(noise)(codes) if noise else codes
    if classes:
        rows = keras.Input((classes,), name="classes")
        given = {code: codes, "classes": rows}
        x = layers.Concatenate()([x, rows])
    x = _linear(_hidden(x, units), 1)
    logits = layers.Reshape((), dtype="float32", name="logits")(x)
    return keras.Model(given, logits, name=name)


def _hidden(x, units):
    for _ in range(2):
        x = layers.Dense(units, "relu", kernel_initializer=_normal())(x)
    return x


def _linear(x, units, name=None):
    return layers.Dense(
        units, kernel_initializer=_normal(), dtype="float32", name=name
    )(x)


def _size(shape):
    height, width, channels = shape
    return height * width * channels


def _normal():
    return keras.initializers.RandomNormal(stddev=0.01)
