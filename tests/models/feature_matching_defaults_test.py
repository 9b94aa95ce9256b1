"""Feature matching: numbers, names and what a GAN was asked to be."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.models.description import defaults
from tfgan_ref import priors
from tfgan_ref.losses import feature_matching as distances
from tfgan_ref.models import feature_matching, improved_mlp
from tfgan_ref.models.feature_matching import FeatureMatchingGAN
from tfgan_ref.models.semi_supervised import SupervisedBaseline


def generator(image_shape, latent_dim):
    """Zeros."""
    dense = layers.Dense(math.prod(image_shape), kernel_initializer="zeros")
    return keras.Sequential(
        [keras.Input((latent_dim,)), dense, layers.Reshape(image_shape)]
    )


def discriminator(image_shape, classes):
    """Features are the pixels."""
    images = keras.Input(image_shape)
    features = layers.Flatten(name="features")(images)
    return keras.Model(images, layers.Dense(classes)(features))


def build(**arguments):
    return feature_matching.build(
        (2, 3, 1),
        5,
        make_generator=generator,
        make_discriminator=discriminator,
        **arguments,
    )


def test_what_is_not_given_is_as_released():
    assert defaults(feature_matching.build) == {
        "make_generator": improved_mlp.generator,
        "make_discriminator": improved_mlp.discriminator,
        "distance": distances.mean_squared,
        "supervised": False,
        "matching": True,
        "latent_dim": 100,
        "ema_decay": 0.0,
        "discriminator_ema_decay": 0.9999,
        "seed": 0,
    }
    assert defaults(FeatureMatchingGAN) == {"distance": distances.mean_squared}


@pytest.mark.parametrize(
    ("supervised", "kind", "name"),
    [
        (False, FeatureMatchingGAN, "feature_matching"),
        (True, SupervisedBaseline, "baseline"),
    ],
)
def test_a_gan_is_what_it_was_asked_to_be(supervised, kind, name):
    gan = build(
        supervised=supervised,
        distance=distances.mean_absolute,
        latent_dim=3,
        ema_decay=0.25,
        discriminator_ema_decay=0.375,
        seed=7,
    )
    assert (type(gan), gan.name, gan.seed) == (kind, name, 7)
    assert (*gan.averages.values(),) == (0.25, 0.375)
    assert gan.prior == priors.Uniform(3, 0.0, 1.0)
    assert gan.prior.dim == 3
    assert gan.discriminator.output_shape == (None, 5)
    if not supervised:
        assert gan.distance is distances.mean_absolute
        assert gan.features.name == "features"


def test_the_distance_is_from_the_real_mean_to_that_of_samples():
    def distance(real_mean, fake_mean):
        return tf.reduce_sum(real_mean) - 100 * tf.reduce_sum(fake_mean)

    gan = build(distance=distance, latent_dim=3)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    real = np.random.default_rng(0).uniform(-1, 1, (4, 2, 3, 1))
    real = real.astype(np.float32)
    labels = np.arange(4, dtype=np.int32)
    logs = gan.train_step([(0 * real, labels, 0 * real, real)])
    expected = real.mean(0).sum()
    assert logs["loss/generator"].numpy() == pytest.approx(expected, rel=1e-4)
