"""PPGN: its costs beside NumPy's, its encoder, its chains, what it serves."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan, ppgn
from tfgan_ref.models.ppgn import PPGN
from tfgan_ref.plug_and_play import Chain

RNG = np.random.default_rng(6)
IMAGES = RNG.uniform(-1, 1, (5, 28, 28, 1)).astype(np.float32)
SHORT = Chain(steps=2, step_size=0.5, last_step_size=0.25)


def classifier():
    """With a hidden layer and dropout."""
    keras.utils.set_random_seed(1)
    images = keras.Input((28, 28, 1), name="images")
    return told(images, layers.Flatten()(images))


def convolutional_classifier():
    """Of the layers of `evaluation.classifier`, smaller, as if trained."""
    keras.utils.set_random_seed(1)
    images = keras.Input((28, 28, 1), name="images")
    x = layers.Conv2D(2, 5, strides=4, use_bias=False)(images)
    normalization = layers.BatchNormalization()
    x = layers.ReLU()(normalization(x))
    normalization.moving_mean.assign([0.1, -0.2])
    x = layers.Flatten()(layers.MaxPooling2D(padding="same")(x))
    return told(images, layers.Dropout(0.25)(x))


def told(images, x):
    x = layers.Dense(6, activation="relu")(x)
    x = layers.Dense(3, name="logits")(layers.Dropout(0.5)(x))
    return keras.Model(images, layers.Softmax()(x), name="classifier")


def build(network=None, **how):
    tiny = {"width": 1, "units": 8, "chain": SHORT}
    return ppgn.build(network or classifier(), IMAGES, **tiny | how)


CASES = {
    "plain": lambda: build(ema_decay=0.5),
    "normalized": lambda: build(
        convolutional_classifier(),
        chain=Chain(steps=3, normalized=True, step_size=0.1),
    ),
}
SLOW = ("normalized",)


@pytest.fixture(scope="module")
def gan():
    """One whose images differ, as those of small first weights do not."""
    made = build(ema_decay=0.5)
    for network in (made.generator, made.ema_generator):
        for weight in network.weights:
            if len(weight.shape) > 1:
                weight.assign(20 * weight)
    return compiled(made)


def compiled(made):
    rates = [keras.optimizers.SGD(0.5) for _ in "abc"]
    made.compile(*rates[:2], autoencoder_optimizer=rates[2])
    return made


def features(network, images):
    hidden = keras.Model(network.input, network.get_layer("logits").input)
    return hidden(images, training=False).numpy()


def test_the_encoder_is_the_classifier_without_dropout_at_one_scale():
    network = convolutional_classifier()
    encoder = ppgn.encoder(network, IMAGES)
    before = encoder.get_weights()
    seen = features(network, IMAGES)
    size = np.sqrt(np.mean(seen**2))
    for training in (False, True):  # Dropout and statistics are at rest.
        found = encoder(IMAGES, training=training)
        np.testing.assert_allclose(found["features"], seen / size, atol=1e-5)
        told = tf.nn.softmax(found["logits"])
        np.testing.assert_allclose(told, network(IMAGES), atol=1e-6)
    for weights in zip(encoder.get_weights(), before, strict=True):
        np.testing.assert_array_equal(*weights)
    assert not encoder.trainable_weights
    assert network.trainable_weights  # As it was.


def test_networks_are_as_described(gan):
    assert {turn.name: turn.moves for turn in gan.turns()} == {
        name: (name,) for name in ("discriminator", "generator", "autoencoder")
    }
    assert gan.generator.input_shape == (None, 6)
    wanted = dcgan.generator((28, 28, 1), 6, 1)
    assert gan.generator.count_params() == wanted.count_params()
    shapes = [w.shape for w in gan.autoencoder.weights[::2]]
    assert shapes == [(6, 8), (8, 4), (4, 2), (2, 4), (4, 8), (8, 6)]


def test_costs_are_of_images_features_noise_and_the_game():
    gan = compiled(build(image_weight=0.7, feature_weight=0.4, gan_weight=0.2))
    _, generator, autoencoder = gan.turns()
    round = gan.round_class(gan, tf.constant(IMAGES), 0)
    seen = gan.encoder(IMAGES)["features"].numpy()
    np.testing.assert_allclose(round.inputs, seen, atol=1e-6)
    made, logits = round.fake.numpy(), np.float64(round.fake_logits)
    of_made = gan.encoder(made)["features"].numpy()
    expected = (
        0.7 * np.mean((made - IMAGES) ** 2)
        + 0.4 * np.mean((of_made - seen) ** 2)
        + 0.2 * np.mean(np.logaddexp(0, -logits))
    )
    received = float(gan.cost(generator, round))
    assert received == pytest.approx(expected, rel=1e-4)
    metrics = gan.metrics_of(round)
    squared = float(metrics["loss/squared_error"])
    assert squared == pytest.approx(np.mean((made - IMAGES) ** 2), rel=1e-4)
    assert float(gan.cost(autoencoder, round)) > 0


def test_without_the_game_errors_alone_count():
    gan = compiled(build(image_weight=0.7, feature_weight=0.4, gan_weight=0))
    generator, autoencoder = gan.turns()
    assert (generator.name, autoencoder.name) == ("generator", "autoencoder")
    round = gan.round_class(gan, tf.constant(IMAGES), 0)
    expected = 0.7 * round.image_errors + 0.4 * round.feature_errors
    received = float(gan.cost(generator, round))
    assert received == pytest.approx(np.mean(expected), rel=1e-5)
    assert "fake_logits" not in vars(round)


def linear_gan(mean, covariance, disturbance):
    """A `PPGN` of two pixels whose features they are, and whose autoencoder
    is the best one of N(mean, covariance)."""
    images = keras.Input((2, 1, 1), name="images")
    seen = layers.Flatten(name="scaled")(images)
    logits = layers.Dense(2, name="logits")(seen)
    eyes = keras.Model(images, {"features": seen, "logits": logits})
    eyes.trainable = False
    codes = keras.Input((2,))
    restored = layers.Dense(2)(codes)
    judged = layers.Dense(1)(layers.Flatten()(images))
    gan = PPGN(
        keras.Model(codes, layers.Reshape((2, 1, 1))(codes)),
        keras.Model(images, judged),
        encoder=eyes,
        autoencoder=keras.Model(codes, restored),
        prior=priors.Product(start=priors.Normal(2), noise=priors.Normal(2)),
        chain=Chain(steps=1),
        disturbance=disturbance,
        image_weight=1.0,
        feature_weight=1.0,
        gan_weight=1.0,
    )
    gain = covariance @ np.linalg.inv(covariance + disturbance**2 * np.eye(2))
    gan.autoencoder.set_weights([gain.T, mean - gain @ mean])
    return compiled(gan), gain


def test_the_autoencoders_cost_is_least_where_it_gives_the_score():
    """Of a Gaussian that is R(h) = h + s^2 score, see plug_and_play_test."""
    mean = np.array([0.4, -0.7])
    covariance = np.array([[0.5, 0.2], [0.2, 0.3]])
    gan, gain = linear_gan(mean, covariance, disturbance=0.6)
    drawn = RNG.multivariate_normal(mean, covariance, 40_000)
    images = tf.constant(drawn[:, :, None, None], tf.float32)
    round = gan.round_class(gan, images, 0)
    with tf.GradientTape() as tape:
        (errors,) = gan.autoencoder_cost(round)
        cost = tf.reduce_mean(errors)
    # What is left is the variance of features given the disturbed ones.
    least = np.trace(covariance - gain @ covariance) / 2
    assert float(cost) == pytest.approx(least, rel=0.03)
    for slope in tape.gradient(cost, gan.autoencoder.trainable_variables):
        assert np.abs(slope).max() < 0.01


def test_samples_are_the_ends_of_chains_from_their_seeds(gan):
    seeds = [11, 3, 2**40]
    starts = gan.prior.of_seeds(tf.constant(seeds, tf.int64))
    h = starts["start"].numpy()
    noise = starts["noise"].numpy().reshape(3, 2, 6)
    for step in range(2):
        codes = tf.constant(h)
        with tf.GradientTape() as tape:
            tape.watch(codes)
            made = gan.ema_generator(codes, training=False)
            logits = gan.encoder(made)["logits"]
            told = tf.nn.sparse_softmax_cross_entropy_with_logits(
                [2, 0, 1], logits
            )
        slope = -tape.gradient(told, codes).numpy()
        restored = gan.ema_autoencoder(h).numpy()
        d = restored - h + 3.0 * slope + 0.2 * noise[:, step]
        h = np.clip(h + (0.5 - 0.125 * step) * d, 0, 30)
    images = gan.sample(seeds, label=[2, 0, 1])
    np.testing.assert_allclose(images, gan.ema_generator(h), atol=1e-5)
    # Each is a function of its own seed and class.
    one = gan.sample(seeds[1:2], label=[0])
    np.testing.assert_allclose(one[0], images[1], atol=1e-6)
    other = gan.sample(seeds[1:2], label=[1])
    assert np.abs(other - one).max() > 1e-5


def test_classes_are_the_seeds_modulo_their_number_unless_asked_for(gan):
    assert gan.classes == 3
    labels = gan.sample_inputs([5, 6, -1])["labels"]
    np.testing.assert_array_equal(labels, [2, 0, 2])
    drawn = gan.sample_inputs([4], truncation=0.0, label=1)
    assert not np.any(drawn["start"]) and not np.any(drawn["noise"])
    with pytest.raises(UserError, match="class of 0 to 2 was expected"):
        gan.sample([1], label=[3])


def test_what_is_served(gan):
    found = gan.endpoints()
    assert found["sample"][1].keys() == {"seed", "truncation", "label"}
    pixels = IMAGES / 2 + 0.5
    latents = found["encode"][0](images=pixels)["latents"]
    seen = gan.encoder(IMAGES)["features"]
    np.testing.assert_allclose(latents, seen, atol=1e-5)
    again = found["generate"][0](latents=latents)["images"]
    np.testing.assert_allclose(
        again, gan.ema_generator(latents) / 2 + 0.5, atol=1e-5
    )
    both = found["reconstruct"][0](images=pixels)["images"]
    np.testing.assert_allclose(both, again, atol=1e-6)


def test_a_configuration_makes_the_same_game(gan):
    config = json.dumps(gan.get_config())
    again = PPGN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    assert again.chain == SHORT
    again.set_weights(gan.get_weights())
    drawn = [one.sample_inputs([8, 3]) for one in (again, gan)]
    for name in ("start", "noise", "labels"):
        np.testing.assert_array_equal(*(x[name] for x in drawn))
    latents = again.encode(IMAGES)["latents"]
    np.testing.assert_array_equal(latents, gan.encode(IMAGES)["latents"])
    np.testing.assert_array_equal(again.sampler(latents), gan.sampler(latents))
    assert not again.encoder.trainable_weights


def test_what_does_not_fit_is_one_line():
    for how, said in (
        ({"units": 3}, "`units` must be at least 4. Received: 3"),
        ({"disturbance": 0.0}, "`disturbance` must be positive. Received: 0"),
        ({"gan_weight": -1.0}, "`gan_weight` must be at least 0. Received"),
    ):
        with pytest.raises(UserError, match=said):
            build(**how)
    flat = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()])
    with pytest.raises(UserError, match="layer `logits` was expected"):
        ppgn.build(flat, IMAGES)
    blind = classifier()
    for layer in blind.layers:
        if isinstance(layer, layers.Dense):
            layer.set_weights([0 * w for w in layer.get_weights()])
    with pytest.raises(UserError, match="that are not 0 .* square of 0.0"):
        ppgn.build(blind, IMAGES)
