"""SRGAN: its costs beside NumPy's, its networks, what it serves."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.models.description import describe
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier
from tfgan_ref.layers import noise
from tfgan_ref.models import srgan
from tfgan_ref.models.srgan import SRGAN

RNG = np.random.default_rng(4)
SMALL = RNG.uniform(-1, 1, (5, 7, 7, 1)).astype(np.float32)
LARGE = RNG.uniform(-1, 1, (3, 28, 28, 1)).astype(np.float32)
TINY = {"blocks": 1, "width": 1}


def content():
    """Of a classifier that was never trained, but has seen other images."""
    network = classifier.build((28, 28, 1), 3)
    rng = np.random.default_rng(4)  # Every build has the same.
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.moving_mean.assign(rng.normal(size=layer.moving_mean.shape))
    return srgan.features(network, LARGE)


CASES = {
    "pixels": lambda: srgan.build(SMALL, **TINY, ema_decay=0.5),
    "features": lambda: srgan.build(
        SMALL, **TINY, content=content(), pretrain_steps=1
    ),
}
SLOW = ("features",)


def compiled(gan):
    gan.compile(*[keras.optimizers.SGD(0.0) for _ in "ab"])
    return gan


def means_of_sixteen(images):
    squares = images.reshape(len(images), 7, 4, 7, 4, -1)
    return squares.mean((2, 4))


def test_the_generator_is_given_means_of_sixteen_pixels():
    given = CASES["pixels"]().inputs(LARGE, 0)["images"]
    np.testing.assert_allclose(given, means_of_sixteen(LARGE), atol=1e-6)


def test_a_side_that_is_no_multiple_of_four_is_refused():
    for shape in ((1, 30, 28, 1), (1, 28, 30, 1)):
        said = f"multiples of 4 .* {shape[1]}x{shape[2]} pixels"
        with pytest.raises(UserError, match=said):
            srgan.small(np.zeros(shape, np.float32))


def test_networks_layer_by_layer():
    gan = srgan.build(SMALL, blocks=2, width=4)
    convolution = "Conv2D GlorotUniform filters={} kernel_size=({}, {})"
    convolution += " padding=same"
    three = convolution.format(4, 3, 3)
    norm = "BatchNormalization momentum=0.9 epsilon=0.001"
    block = [three, norm, "PReLU", three, norm, "Add"]
    double = [convolution.format(16, 3, 3)]
    names = [line for line in describe(gan.generator) if "hape" not in line]
    names = [line for line in names if "Permute" not in line]
    assert names == [
        "generator: images",
        convolution.format(4, 9, 9),
        "PReLU",
        *block,
        *block,
        three,
        norm,
        "Add",
        *[*double, "PReLU"] * 2,
        convolution.format(1, 9, 9),
        "large: Activation activation=tanh",
    ]
    assert gan.discriminator.input_shape == (None, 28, 28, 1)
    last = gan.generator.layers[-3]
    assert last.output.shape == (None, 28, 28, 4)


def test_maps_become_squares_of_four():
    x = keras.Input((2, 3, 8))
    shuffle = keras.Model(x, srgan._doubled(x))
    rows = RNG.normal(size=(2, 2, 3, 8)).astype(np.float32)
    np.testing.assert_array_equal(shuffle(rows), tf.nn.depth_to_space(rows, 2))


def test_costs_are_of_pixels_first_and_then_of_features_and_the_game():
    gan = compiled(CASES["features"]())
    turn = gan.turns()[1]
    for step in (0, 1):
        gan.step.assign(step)
        round = gan.round_class(gan, tf.constant(LARGE), 0)
        made, logits = round.fake.numpy(), round.fake_logits.numpy()
        expected = np.mean((made - LARGE) ** 2)
        if step:
            one, other = (gan.content(x).numpy() for x in (LARGE, made))
            game = np.mean(np.logaddexp(0, -np.float64(logits)))
            expected = np.mean((one - other) ** 2) + 1e-3 * game
        cost = float(gan.cost(turn, round))
        assert cost == pytest.approx(expected, rel=1e-4)


def test_features_are_the_last_maps_at_one_scale():
    network = content()
    maps = network(LARGE).numpy()
    assert maps.shape == (3, 14, 14, 64)
    assert maps.std() == pytest.approx(1, rel=1e-3)
    assert not network.trainable_weights
    # In a step as well dropout and statistics are those of a trained one.
    np.testing.assert_allclose(network(LARGE, training=True), maps, atol=1e-5)


@pytest.mark.parametrize("dropout", [layers.Dropout, noise.Dropout])
def test_features_are_of_a_copy_without_dropout(dropout):
    images = keras.Input((28, 28, 1), name="images")
    x = dropout(0.5)(layers.Conv2D(2, 5, strides=4)(images))
    x = layers.Flatten()(layers.Conv2D(3, 3)(x))
    network = keras.Model(images, layers.Dense(3, "softmax")(x))
    content = srgan.features(network, LARGE)
    maps = content(LARGE, training=False)
    np.testing.assert_allclose(content(LARGE, training=True), maps, rtol=1e-6)
    assert not content.trainable_weights
    # The caller's is as it was: two kernels and biases, and the last layer's.
    assert len(network.trainable_weights) == 6
    told = [network(LARGE, training=mode).numpy() for mode in (False, True)]
    assert np.abs(told[0] - told[1]).max() > 1e-3


@pytest.mark.conformance  # A second classifier's step.
def test_nothing_moves_content_and_examples():
    gan = CASES["features"]()
    gan.compile(*[keras.optimizers.SGD(9.0) for _ in "ab"])
    before = [w.numpy() for w in (*gan.content.weights, *gan.examples.weights)]
    gan.fit(tf.data.Dataset.from_tensors(LARGE), shuffle=False, verbose=0)
    after = [w.numpy() for w in (*gan.content.weights, *gan.examples.weights)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_upscale_is_of_small_pixels_in_0_to_1():
    gan = CASES["pixels"]()
    function, specs = gan.endpoints()["upscale"]
    assert specs["images"].shape == (None, 7, 7, 1)
    made = function(images=SMALL[:2] / 2 + 0.5)["images"]
    assert made.shape == (2, 28, 28, 1)
    wanted = gan.ema_generator({"images": SMALL[:2]}) / 2 + 0.5
    np.testing.assert_allclose(made, wanted, atol=1e-5)
    np.testing.assert_allclose(
        gan.sample([1, 5]) / 2 + 0.5,
        tf.gather(function(images=SMALL / 2 + 0.5)["images"], [1, 0]),
        atol=1e-5,
    )


def test_a_configuration_makes_the_same_game():
    gan = CASES["features"]()
    config = json.dumps(gan.get_config())
    again = SRGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample([8, 3]), gan.sample([8, 3]))
    np.testing.assert_array_equal(again.content(LARGE), gan.content(LARGE))
    assert not again.content.trainable_weights


def test_content_may_be_of_the_classifier_on_several_replicas(two_replicas):
    with two_replicas.scope():
        gan = CASES["features"]()
        gan.compile(*[keras.optimizers.SGD(9.0) for _ in "ab"])


def test_what_does_not_fit_is_one_line():
    with pytest.raises(UserError, match="`blocks` must be positive"):
        srgan.build(SMALL, blocks=0)
    with pytest.raises(UserError, match=r"Received: image_shape=\(20, 20, 1"):
        srgan.build(SMALL[:, :5, :5])
    flat = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()])
    with pytest.raises(UserError, match="with convolutions was expected"):
        srgan.features(flat, LARGE)
    with pytest.raises(UserError, match="that differ .* deviation of 0"):
        srgan.features(classifier.build((28, 28, 1), 3), 0 * LARGE)
