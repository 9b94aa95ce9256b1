"""Minibatch GANs: DCGAN's networks, with and without minibatch features."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.linear_game import tiny_gan
from tfgan_ref import priors
from tfgan_ref.gan import GAN
from tfgan_ref.layers.minibatch_features import (
    MinibatchFeatures,
    PaperMinibatchFeatures,
)
from tfgan_ref.models import dcgan, minibatch
from tfgan_ref.models.minibatch import MinibatchGAN
from tfgan_ref.models.semi_supervised import SemiSupervisedGAN

SHAPE = (28, 28, 1)
FLAT = 7 * 7 * 4  # Inputs of the last layer with width=2.


def build(**arguments):
    arguments = {
        "make_minibatch_features": lambda: MinibatchFeatures(6, 3),
        "latent_dim": 3,
        "width": 2,
        "seed": 1,
    } | arguments
    return minibatch.build(SHAPE, **arguments)


def images(count):
    rng = np.random.default_rng(3)
    centre = rng.uniform(-0.6, 0.6, SHAPE)
    values = centre + 0.3 * rng.standard_normal((count, *SHAPE))
    return np.clip(values, -1, 1).astype(np.float32)


def fit(gan, *parts):
    """Two steps of minibatches of 6."""
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    data = tf.data.Dataset.from_tensor_slices(parts)
    history = gan.fit(
        data.batch(6, drop_remainder=True),
        steps_per_epoch=2,
        shuffle=False,
        verbose=0,
    )
    assert gan.step.numpy() == 2
    return {name: values[-1] for name, values in history.history.items()}


def last_dense(network):
    return [x for x in network.layers if isinstance(x, layers.Dense)][-1]


def the_features(network):
    (layer,) = (x for x in network.layers if isinstance(x, MinibatchFeatures))
    return layer


def features():
    return MinibatchFeatures(6, 3, across_replicas=True)


def perceptrons():
    """Of images of 2x2 pixels and three classes."""
    return MinibatchGAN(
        tiny_gan().generator,
        keras.Sequential(
            [
                keras.Input((2, 2, 1)),
                layers.Flatten(),
                features(),
                layers.Dense(3),
            ]
        ),
        generator_steps=2,
        discriminator_ema_decay=0.5,
    )


CASES = {
    "real_or_fake": lambda: build(
        make_minibatch_features=features, ema_decay=0.5
    ),
    "classes": perceptrons,
}
SLOW = {"classes"}


# The networks.


def test_without_minibatch_features_the_discriminator_is_dcgans():
    network = minibatch.discriminator(SHAPE, 2, make_minibatch_features=None)
    expected = dcgan.discriminator(SHAPE, 2)
    assert [type(layer) for layer in network.layers] == [
        type(layer) for layer in expected.layers
    ]
    assert network.count_params() == expected.count_params()
    network.set_weights(expected.get_weights())
    for training in (False, True):
        np.testing.assert_array_equal(
            network(images(4), training=training),
            expected(images(4), training=training),
        )


@pytest.mark.parametrize(
    ("make", "own"),
    [
        # T, and with the released ones its scales and a bias.
        (lambda: PaperMinibatchFeatures(6, 3), FLAT * 6 * 3),
        (lambda: MinibatchFeatures(6, 3), FLAT * 6 * 3 + 6 * 3 + 6),
    ],
    ids=["paper", "released"],
)
@pytest.mark.parametrize("classes", [None, 5])
def test_the_last_layer_has_an_input_more_for_every_kernel(make, own, classes):
    network = minibatch.discriminator(SHAPE, 2, 5, classes, make)
    units = classes or 1
    assert last_dense(network).kernel.shape == (FLAT + 6, units)
    plain = dcgan.discriminator(SHAPE, 2).count_params()
    assert network.count_params() == (
        plain + own + 6 * units + (units - 1) * (FLAT + 1)
    )
    assert network.output_shape == ((None, 5) if classes else (None,))


def test_an_examples_logit_depends_on_its_batch_mates():
    network = build().discriminator
    batch, changed = images(4), images(4)
    changed[2] = -changed[2]
    # Its own place in the minibatch, the others' features.
    one, other = (network(x, training=False).numpy() for x in (batch, changed))
    assert (one != other).all()


def test_the_generator_is_dcgans():
    gan = build(kernel_size=4)
    expected = dcgan.build(
        SHAPE, latent_dim=3, width=2, kernel_size=4, seed=1
    ).generator
    for one, other in zip(
        gan.generator.get_weights(), expected.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_the_published_one_for_cifar10():
    gan = minibatch.build_cifar10(
        (32, 32, 3), 10, discriminator_ema_decay=0.5, latent_dim=7
    )
    assert type(gan) is MinibatchGAN
    assert gan.generator_steps == 3
    assert gan.prior == priors.Uniform(7, 0.0, 1.0)
    assert gan.ema_discriminator is not None and gan.ema_generator is None
    features = the_features(gan.discriminator)
    assert (features.kernels, features.dimension) == (100, 5)
    assert features.tensor.shape == (192, 100, 5)
    assert gan.discriminator.output_shape == (None, 10)


# Initialising.


def test_initialize_begins_the_features_from_the_data():
    gan = build(discriminator_ema_decay=0.9)
    batch = images(6)
    features = the_features(gan.discriminator)
    before = [w.copy() for w in features.get_weights()]

    gan.initialize(batch)

    for one, other in zip(
        gan.ema_discriminator.get_weights(),
        gan.discriminator.get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)
    tensor, log_scale, bias = features.get_weights()
    np.testing.assert_array_equal(tensor, before[0])
    assert (log_scale != before[1]).all() and (bias != before[2]).all()
    # By hand: distances between M of the minibatch with these scales.
    flat = keras.Model(gan.discriminator.input, features.input)
    x = flat(batch, training=True).numpy().astype(np.float64)
    scale = np.exp(log_scale) / np.sqrt((tensor**2).sum(0))
    m = np.tensordot(x, tensor, 1) * scale
    distances = np.abs(m[:, None] - m).sum(-1)
    others = ~np.eye(6, dtype=bool)
    nearest = np.where(others[..., None], distances, np.inf).min(1)
    np.testing.assert_allclose(nearest.mean(0), 2.0, rtol=1e-3)
    similarity = (np.exp(-distances) * others[..., None]).sum(1)
    np.testing.assert_allclose(bias, -similarity.mean(0), rtol=1e-3)


# Kinds, and a short fit of each.


def test_without_classes_it_is_a_gan_of_real_and_fake():
    gan = build(ema_decay=0.9)
    assert type(gan) is GAN
    assert gan.classifier is None
    gan.initialize(images(6))
    metrics = fit(gan, images(12))
    assert np.isfinite(list(metrics.values())).all()


def test_with_classes_it_is_semi_supervised_and_not_for_serving():
    gan = build(classes=5, discriminator_ema_decay=0.9, generator_steps=2)
    assert type(gan) is MinibatchGAN
    assert gan.classifier is None
    gan.initialize(images(6))
    labels = np.resize(np.array([0, 4, 1, 3], np.int32), 12)
    metrics = fit(gan, images(12), labels, images(12), images(12))
    assert np.isfinite(list(metrics.values())).all()
    assert gan.generator_optimizer.iterations.numpy() == 2 * 2


def test_with_classes_and_no_features_it_has_a_classifier():
    gan = build(
        classes=5, discriminator_ema_decay=0.9, make_minibatch_features=None
    )
    assert type(gan) is SemiSupervisedGAN
    assert gan.classifier is gan.ema_discriminator is not None
