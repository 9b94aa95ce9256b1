import hashlib

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.extractors import choose

SHAPE = (4, 5, 2)
PIXELS = np.random.default_rng(1).integers(0, 256, (3, *SHAPE)).astype(np.uint8)
LEVELS = PIXELS / 255.0


def save_model(path, function, shape=(None, *SHAPE), dtype=tf.float32):
    """A SavedModel with a variable."""
    module = tf.Module()
    module.variable = tf.Variable(3.0)
    spec = tf.TensorSpec(shape, dtype, "images")
    traced = tf.function(
        lambda images: function(images, module.variable),
        input_signature=[spec],
        autograph=False,
    )
    tf.saved_model.save(module, str(path), traced.get_concrete_function())
    return path


def save_network(path, *layers, shape=SHAPE):
    keras.Sequential([keras.Input(shape), *layers]).save(path)
    return path


def load(path, shape=SHAPE):
    return choose.load(f"user:{path}", shape)


def test_a_saved_model_gives_features(tmp_path):
    path = save_model(
        tmp_path / "model[1]",
        lambda images, v: {"any": v * tf.reduce_sum(images, (1, 2))},
    )
    extractor = load(path)
    found = extractor(PIXELS)
    np.testing.assert_allclose(
        found.vectors, 3.0 * LEVELS.sum((1, 2)), rtol=1e-5
    )
    assert found.vectors.dtype == np.float32 and found.probabilities is None
    assert (extractor.name, extractor.resize) == ("user", None)
    content = (path / "saved_model.pb").read_bytes()
    before = extractor.sha256
    assert before == load(path).sha256 and len(before) == 64
    (path / "saved_model.pb").write_bytes(content + b"\x80\x7d\x00")
    assert load(path).sha256 != before


def test_it_may_give_probabilities_by_name(tmp_path):
    def call(images, v):
        sums = tf.reduce_sum(images, (2, 3))
        return {
            "features": v * sums,
            "probabilities": tf.nn.softmax(sums),
            "more": v,
        }

    found = load(save_model(tmp_path / "m", call))(PIXELS)
    sums = LEVELS.sum((2, 3))
    exponents = np.exp(sums)
    np.testing.assert_allclose(found.vectors, 3.0 * sums, rtol=1e-5)
    np.testing.assert_allclose(
        found.probabilities, exponents / exponents.sum(1, keepdims=True), 1e-5
    )


def test_a_network_of_keras_gives_features(tmp_path):
    path = save_network(
        tmp_path / "m.keras",
        keras.layers.Rescaling(2.0, -1.0),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.5),
    )
    extractor = load(path)
    found = extractor(PIXELS)
    expected = 2.0 * LEVELS.reshape(3, 40) - 1.0
    np.testing.assert_allclose(found.vectors, expected, atol=1e-6)
    content = path.read_bytes()
    assert extractor.sha256 == hashlib.sha256(content).hexdigest()


def evil(images, variable):
    tf.io.write_file("/nowhere/x", "y")
    return {"features": variable * tf.reduce_sum(images, (1, 2))}


def small(images, variable):
    return {"features": variable * images}


def nameless(images, variable):
    sums = variable * tf.reduce_sum(images, (1, 2))
    return {"a": sums, "b": sums}


@pytest.mark.parametrize(
    "save, message",
    [
        (lambda path: save_model(path, evil), "beyond the model: WriteFile"),
        (
            lambda path: save_model(path, small),
            r"features of shape \[3, features\] .*\[3, 4, 5, 2\]",
        ),
        (lambda path: save_model(path, nameless), "Received: [ab], [ab]$"),
        (
            lambda path: save_model(path, small, (None, 28, 28, 1)),
            r"images of shape \[28, 28, 1\]. Received: \[4, 5, 2\]",
        ),
        (
            lambda path: save_model(path, small, (None, 40)),
            "images float32 of rank 4",
        ),
        (
            lambda path: save_network(
                path.with_suffix(".keras"),
                keras.layers.Flatten(),
                shape=(28, 28, 1),
            ),
            r"images of shape \[28, 28, 1\]. Received: \[4, 5, 2\]",
        ),
        (
            lambda path: save_network(
                path.with_suffix(".keras"),
                keras.layers.Lambda(lambda x: x, output_shape=SHAPE),
            ),
            "names keras.layers.Lambda",
        ),
        (lambda path: path, "cannot be loaded|Cannot read"),
        (lambda path: path.with_suffix(".keras"), "Cannot read"),
    ],
)
def test_what_will_not_do_is_one_line(save, message, tmp_path):
    path = save(tmp_path / "m")
    with pytest.raises(UserError, match=message) as caught:
        load(path)(PIXELS)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_any_size_will_do_where_the_model_says_so(tmp_path):
    path = save_model(
        tmp_path / "m",
        lambda images, v: {"x": v * tf.reduce_sum(images, (1, 2))},
        (None, None, None, 2),
    )
    assert load(path)(PIXELS).vectors.shape == (3, 2)
    with pytest.raises(UserError, match=r"\[None, None, 2\]. Received: \[4, 5"):
        load(path, (4, 5, 1))
