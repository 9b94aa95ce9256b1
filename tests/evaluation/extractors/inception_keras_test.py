"""With random weights: there are no others here."""

import hashlib

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.src.legacy.saving import legacy_h5_format

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.extractors import choose, inception_keras


def images(count, *shape):
    generator = np.random.default_rng(count)
    return generator.integers(0, 256, (count, *shape)).astype(np.uint8)


def test_features_are_those_of_the_weights_in_the_file(tmp_path):
    network = keras.applications.InceptionV3(weights=None)
    path = tmp_path / "inception.h5"
    with h5py.File(path, "w") as file:  # As Keras's own are.
        legacy_h5_format.save_weights_to_hdf5_group(file, network)
    extractor = choose.load(f"inception_keras:{path}", (20, 24, 1))
    found = extractor(pixels := images(2, 20, 24, 1))
    assert found.vectors.shape == (2, 2048)
    given = np.repeat(inception_keras.resized(pixels), 3, -1)
    expected = network(
        keras.applications.inception_v3.preprocess_input(given), training=False
    )
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-3)
    assert np.abs(found.vectors[0] - found.vectors[1]).max() > 1e-4
    content = path.read_bytes()
    assert extractor.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("shape", [(28, 28, 1), (340, 500, 3)])
def test_images_are_resized_with_antialias(shape):
    """Against TensorFlow's own of the same kernel."""
    pixels = images(2, *shape)
    expected = tf.image.resize(
        tf.cast(pixels, tf.float32), (299, 299), "bicubic", antialias=True
    )
    np.testing.assert_allclose(
        inception_keras.resized(pixels),
        np.clip(expected, 0, 255),
        atol=0.01,
    )


def small(units):
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])


def test_other_weights_are_one_line(tmp_path, monkeypatch):
    path = tmp_path / "other.weights.h5"
    small(2).save_weights(path)
    # To build the real one takes seconds.
    monkeypatch.setattr(
        keras.applications, "InceptionV3", lambda weights: small(4)
    )
    with pytest.raises(
        UserError, match=f"Keras cannot load {path}: "
    ) as caught:
        choose.load(f"inception_keras:{path}", (20, 20, 3))
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(UserError, match="NAME.h5 was expected"):
        choose.load("inception_keras:x.keras", (20, 20, 3))
    with pytest.raises(UserError, match="Cannot read .*none.h5"):
        choose.load(f"inception_keras:{tmp_path}/none.h5", (20, 20, 3))
