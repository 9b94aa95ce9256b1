"""Errors of reconstructions and neighbours of codes, in NumPy."""

import keras
import numpy as np
import pytest
from keras import layers
from sklearn import metrics

from tests import small_images
from tfgan_ref.evaluation import encoding
from tfgan_ref.models import bigan
from tfgan_ref.models.bigan import BiGAN

TRAIN, TEST = small_images.images(1, 60), small_images.images(2, 24)


def linear_bigan():
    """E(x) = x U in two steps, G(z) = z W."""
    z = keras.Input((4,), name="latents")
    images = keras.Input((8, 8, 1), name="images")
    pixels = layers.Flatten()(images)
    x = layers.Dense(5, use_bias=False, name="features")(pixels)
    codes = layers.Dense(4, use_bias=False)(x)
    made = layers.Reshape((8, 8, 1))(layers.Dense(64, use_bias=False)(z))
    pair = {"images": images, "latents": z}
    logits = layers.Dense(1)(layers.Concatenate()([pixels, z]))
    return BiGAN(
        keras.Model(z, made),
        keras.Model(pair, logits),
        encoder=keras.Model(images, codes),
    )


def rows(data):
    return np.float64(data.images).reshape(len(data), -1)


def test_the_error_is_the_mean_norm_and_beside_it_that_of_others():
    gan = linear_bigan()
    features, codes = (np.float64(w) for w in gan.encoder.get_weights())
    (decode,) = gan.generator.get_weights()
    x = rows(TEST) / 255
    made = (2 * x - 1) @ features @ codes @ decode
    made = np.clip(0.5 * made + 0.5, 0, 1)
    scalars = encoding.Reconstruction(TEST)(gan).scalars
    error = np.linalg.norm(x - made, axis=1).mean()
    assert scalars["eval/reconstruction/error"] == pytest.approx(error, 1e-5)
    # Each image is beside another's reconstruction, once.
    apart = metrics.pairwise_distances(x, made)
    shuffled = scalars["eval/reconstruction/shuffled"]
    assert shuffled != pytest.approx(error, 1e-4)
    order = np.random.default_rng(0).permutation(24)
    wanted = apart[order, np.roll(order, 1)].mean()
    assert shuffled == pytest.approx(wanted, 1e-5)


def nearest(train, test):
    apart = metrics.pairwise_distances(test, train)
    return np.mean(TRAIN.labels[apart.argmin(1)] == TEST.labels)


def test_neighbours_are_those_of_codes_beside_the_untrained_encoders():
    gan = linear_bigan()
    evaluate = encoding.NearestNeighbour(gan, TRAIN, TEST, 60)
    before = [np.float64(w) for w in gan.encoder.get_weights()]
    # The trained one sees next to nothing of the images.
    after = [w.copy() for w in before]
    after[0][:, 1:] = 0
    after[0][:, 0] = np.random.default_rng(1).normal(size=64)
    gan.encoder.set_weights(after)
    scalars = evaluate(gan).scalars
    train, test = rows(TRAIN) / 127.5 - 1, rows(TEST) / 127.5 - 1
    expected = {}
    for suffix, (first, second) in (("", after), ("/untrained", before)):
        for name, way in (("features", first), ("codes", first @ second)):
            tag = f"eval/nearest_neighbour/{name}{suffix}"
            expected[tag] = pytest.approx(nearest(train @ way, test @ way))
    assert scalars == expected
    assert (
        scalars["eval/nearest_neighbour/features"]
        < scalars["eval/nearest_neighbour/features/untrained"]
    )


def test_an_untrained_encoders_statistics_are_those_of_training_images():
    gan = bigan.build((8, 8, 1), latent_dim=3, units=6)
    evaluate = encoding.NearestNeighbour(gan, TRAIN, TEST, 60)
    scalars = evaluate(gan).scalars
    assert len(scalars) == 4
    (norm,) = (
        layer
        for layer in evaluate._untrained.layers
        if isinstance(layer, layers.BatchNormalization)
    )
    first = keras.Model(evaluate._untrained.input, norm.input)
    outputs = first(rows(TRAIN).reshape(60, 8, 8, 1) / 127.5 - 1).numpy()
    np.testing.assert_allclose(norm.moving_mean, outputs.mean(0), atol=1e-5)
    # Of the run's own nothing has changed.
    assert not gan.encoder.get_layer(norm.name).moving_mean.numpy().any()


def test_without_test_images_or_labels_less_is_measured():
    gan = linear_bigan()
    one = encoding.evaluations(gan, TRAIN, None, 9)
    assert [type(x) for x in one] == [encoding.Reconstruction]
    nameless = small_images.images(2, 24)
    nameless.labels[3] = -1
    one = encoding.evaluations(gan, TRAIN, nameless, 9)
    assert [type(x) for x in one] == [encoding.Reconstruction]
    both = encoding.evaluations(gan, TRAIN, TEST, 9)
    assert len(both) == 2
