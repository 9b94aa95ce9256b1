"""GANs around a network that a test is about."""

import keras
from keras import layers

from tfgan_ref.gan import GAN
from tfgan_ref.models.semi_supervised import SemiSupervisedGAN


def around(generator, classifier=None, prior=None):
    """A GAN of a generator of images, and of a classifier where there is one.

    Else its discriminator is linear.
    """
    if classifier is not None:
        return SemiSupervisedGAN(generator, classifier, prior=prior)
    images = keras.Input(generator.output_shape[1:])
    logits = layers.Dense(1)(layers.Flatten()(images))
    return GAN(generator, keras.Model(images, logits), prior=prior)
