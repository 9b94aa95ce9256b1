"""The multilayer perceptrons of Salimans et al. (2016) for MNIST.

Reference:
    Salimans, Goodfellow, Zaremba, Cheung, Radford, Chen (2016), Improved
    Techniques for Training GANs, https://arxiv.org/abs/1606.03498
"""

import keras
import tensorflow as tf
from keras import layers

from tfgan_ref.layers.noise import GaussianNoise
from tfgan_ref.layers.weight_normalization import WeightNormalization

_HIDDEN = (1000, 500, 250, 250, 250)


def generator(image_shape, latent_dim=100):
    """Latents `[batch, latent_dim]` -> images `[batch, *image_shape]`.

    Two hidden layers of 500 with batch normalisation, which has no gain, and
    softplus; the output layer is weight-normalised and ends in a sigmoid.
    """
    height, width, channels = image_shape
    z = keras.Input((latent_dim,), name="latents")
    x = z
    for _ in range(2):
        x = _dense(500)(x)
        x = layers.BatchNormalization(
            scale=False,
            epsilon=1e-6,
            momentum=0.9,
            synchronized=tf.distribute.get_strategy().num_replicas_in_sync > 1,
        )(x)
        x = layers.Activation("softplus")(x)
    last = _dense(height * width * channels)
    x = WeightNormalization(last, train_scale=True)(x)
    x = layers.Activation("sigmoid", dtype="float32")(x)
    x = layers.Reshape(image_shape, dtype="float32")(x)
    # From the sigmoid's [0, 1] to the range of all images here.
    images = layers.Rescaling(2.0, -1.0, dtype="float32", name="images")(x)
    return keras.Model(z, images, name="generator")


def discriminator(image_shape, classes):
    """Images `[batch, *image_shape]` in [-1, 1] -> logits `[batch, classes]`.

    Noise on the pixels, in [0, 1], and after each of five hidden layers, which
    are weight-normalised with fixed scales; the output layer's are trained.
    The layer `features` is the last hidden one, before its noise.
    """
    images = keras.Input(tuple(image_shape), name="images")
    x = layers.Rescaling(0.5, 0.5)(layers.Flatten()(images))
    x = GaussianNoise(0.3)(x)
    *earlier, last = _HIDDEN
    for units in earlier:
        x = WeightNormalization(_dense(units), "relu")(x)
        x = GaussianNoise(0.5)(x)
    x = WeightNormalization(_dense(last), "relu", name="features")(x)
    x = GaussianNoise(0.5)(x)
    last = _dense(classes, dtype="float32")
    x = WeightNormalization(last, train_scale=True, dtype="float32")(x)
    logits = layers.Activation("linear", dtype="float32", name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


def _dense(units, **kwargs):
    return layers.Dense(
        units,
        **kwargs,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.1),
    )
