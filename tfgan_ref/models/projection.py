"""The projection discriminator: the class as a direction of its features.

The logit is l(h) + <e(c), h>: what the log-ratio of two laws of classes is if
both are softmaxes of features (section 3 of the paper). Deviation: h are the
last feature maps as they are, where the released code sums them over space:
in DCGAN's of 28 pixels each number sees 13 by 13 of them, not the whole image.

References:
    Miyato, Koyama (2018), cGANs with Projection Discriminator,
    https://arxiv.org/abs/1802.05637
    Miyato, Kataoka, Koyama, Yoshida (2018), Spectral Normalization for
    Generative Adversarial Networks, https://arxiv.org/abs/1802.05957
"""

import keras
from keras import layers

from tfgan_ref.layers.conditional_normalization import (
    ConditionalBatchNormalization,
)
from tfgan_ref.losses import hinge
from tfgan_ref.models import dcgan
from tfgan_ref.models.conditional_game import ConditionalGAN, labelled


def generator(image_shape, classes, latent_dim, width):
    """Latents and labels -> images: DCGAN's, conditionally normalised.

    Deviation: the class is beside z as well, as in the other kinds; as
    released it is in gains and biases alone, which begin alike and take
    thousands of steps to differ.
    """
    z = keras.Input((latent_dim,), name="latents")
    labels, rows = labelled(classes)

    def normalization():
        layer = ConditionalBatchNormalization()
        return lambda x: layer(x, rows)

    x = layers.Concatenate()([z, rows])
    x = dcgan.upsampled(x, image_shape, width, normalize=normalization)
    images = dcgan.drawn(x, image_shape)
    given = {"latents": z, "labels": labels}
    return keras.Model(given, images, name="generator")


def discriminator(image_shape, classes, width):
    """Images and labels -> logits `[batch]`: DCGAN's, and the projection.

    Every layer is spectrally normalised; none but the convolutions has a bias.
    Keras's layer scales the weights themselves, in every pass of a step, where
    the paper's gradient knows of the scale.
    """
    images = keras.Input(image_shape, name="images")
    labels, rows = labelled(classes)
    x = dcgan.downsampled(images, width, normalized=False, wrap=_spectral)
    h = layers.Flatten(dtype="float32")(x)
    realness = _spectral(_linear(1))(h)
    directions = _spectral(_linear(h.shape[-1]))(rows)
    match = layers.Dot(1, dtype="float32")([directions, h])
    logits = layers.Add(dtype="float32")([realness, match])
    logits = layers.Reshape((), dtype="float32", name="logits")(logits)
    given = {"images": images, "labels": labels}
    return keras.Model(given, logits, name="discriminator")


@keras.saving.register_keras_serializable("tfgan_ref")
class ProjectionGAN(ConditionalGAN):
    """The hinge game of samples and images of a class.

    Deviations: DCGAN's networks and numbers, to be compared with the other two
    kinds, where the paper has residual networks of 32 pixels and more, z ~
    N(0, I)^128, Adam(2e-4, 0, 0.9) with rates that fall to 0, and five updates
    of the discriminator.
    """

    discriminator_loss = staticmethod(hinge.hinge_discriminator_loss)
    generator_loss = staticmethod(hinge.hinge_generator_loss)


def _spectral(layer):
    # Else the weights that it writes back would be rounded to bfloat16.
    return layers.SpectralNormalization(layer, dtype="float32")


def _linear(units):
    return layers.Dense(
        units,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
        dtype="float32",
    )
