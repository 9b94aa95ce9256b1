"""A conditional GAN against a game of two linear layers, in NumPy."""

import functools
import inspect
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.replicas import values_of
from tfgan_ref import flop, priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.weight_normalization import WeightNormalization
from tfgan_ref.models import conditional
from tfgan_ref.models.conditional import ConditionalGAN

CLASSES = 3
LATENTS = np.float32([[0.3, -1.2], [0.8, 0.1], [-0.5, 0.9], [1.1, -0.4]])
LABELS = np.int32([2, 0, 0, 1])
ONE_HOT = np.eye(CLASSES)[LABELS]
IMAGES = np.random.default_rng(3).uniform(-0.2, 1, (4, 2, 1, 1))
IMAGES = IMAGES.astype(np.float32)


def linear_gan():
    """G(z, y) = [z y] W + c, logit a(x, y) = [x y] v + e."""
    networks = []
    for name, shape in (("latents", (2,)), ("images", (2, 1, 1))):
        given = keras.Input(shape, name=name)
        labels = keras.Input((), dtype="int64", name="labels")
        one_hot = layers.CategoryEncoding(CLASSES, "one_hot", name="one_hot")
        x = layers.Concatenate()([layers.Flatten()(given), one_hot(labels)])
        x = layers.Dense(2 if name == "latents" else 1)(x)
        if name == "latents":
            x = layers.Reshape((2, 1, 1))(x)
        networks.append(keras.Model({name: given, "labels": labels}, x))
    prior = priors.FromFunction(2, lambda shape, seed: tf.constant(LATENTS))
    gan = ConditionalGAN(*networks, prior=prior)
    rng = np.random.default_rng(5)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.5, variable.shape))
    return gan


def small_gan(**kwargs):
    return conditional.build((28, 28, 1), 5, latent_dim=3, width=2, **kwargs)


def fit(gan, *minibatch):
    data = tf.data.Dataset.from_tensors(minibatch)
    history = gan.fit(data, shuffle=False, verbose=0).history
    return {name: value for name, (value,) in history.items()}


CASES = {
    kind: functools.partial(
        conditional.build,
        (28, 28, 1),
        3,
        kind=kind,
        latent_dim=3,
        width=2,
        ema_decay=0.5,
    )
    for kind in ("concat", "acgan", "projection")
}
SLOW = {"concat", "projection"}


@pytest.mark.parametrize("replicas", [1, 2])
def test_layers_begin_from_images_and_their_labels(replicas, two_replicas):
    strategy = tf.distribute.get_strategy() if replicas == 1 else two_replicas
    rng = np.random.default_rng(4)
    images = rng.uniform(-0.5, 1, (50, 2, 1, 1))  # float64, as of pixels.
    labels = np.int32(rng.choice(CLASSES, 50, p=[0.7, 0.1, 0.2]))
    with strategy.scope():
        game = linear_gan()
        x = keras.Input((2, 1, 1), name="images")
        y = keras.Input((), dtype="int64", name="labels")
        one_hot = layers.CategoryEncoding(CLASSES, "one_hot")(y)
        joint = layers.Concatenate()([layers.Flatten()(x), one_hot])
        layer = WeightNormalization(layers.Dense(4, use_bias=False))
        judge = keras.Model(
            {"images": x, "labels": y}, layers.Dense(1)(layer(joint))
        )
        gan = ConditionalGAN(
            game.generator,
            judge,
            prior=priors.Uniform(2),
            discriminator_ema_decay=0.5,
        )
        generator = values_of(gan.generator.weights)
        (kernel,) = values_of(layer.layer.weights)
        gan.initialize((images, labels))
        with pytest.raises(UserError, match="Images and labels were expected"):
            gan.initialize(images)
    rows = np.concatenate([images.reshape(50, 2), np.eye(CLASSES)[labels]], 1)
    outputs = rows @ (kernel / np.sqrt((kernel**2).sum(0)))
    scale, bias = values_of([layer.scale, layer.bias])
    np.testing.assert_allclose(scale, 1 / outputs.std(0), rtol=1e-4)
    np.testing.assert_allclose(
        bias, -outputs.mean(0) / outputs.std(0), rtol=1e-4, atol=1e-5
    )
    for average, weight in zip(
        values_of(gan.ema_discriminator.weights),
        values_of(judge.weights),
        strict=True,
    ):
        np.testing.assert_array_equal(average, weight)
    for before, after in zip(
        generator, values_of(gan.generator.weights), strict=True
    ):
        np.testing.assert_array_equal(before, after)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def test_a_step_is_that_of_two_linear_layers_in_numpy():
    gan = linear_gan()
    w, c, v, e = (np.float64(x) for x in values_of(gan.trainable_variables))
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25))
    logs = fit(gan, IMAGES, LABELS)

    z = np.concatenate([LATENTS, ONE_HOT], 1)
    real = np.concatenate([IMAGES.reshape(4, 2), ONE_HOT], 1)
    fake = np.concatenate([z @ w + c, ONE_HOT], 1)
    a, b = real @ v + e, fake @ v + e
    assert logs["loss/discriminator"] == pytest.approx(
        np.mean(-np.log(sigmoid(a)) - np.log(sigmoid(-b))), rel=1e-6
    )
    assert logs["loss/generator"] == pytest.approx(
        np.mean(-np.log(sigmoid(b))), rel=1e-6
    )
    of_a, of_b = -sigmoid(-a) / 4, sigmoid(b) / 4
    of_images = -sigmoid(-b) / 4 @ v[:2].T
    expected = [
        w - 0.5 * z.T @ of_images,
        c - 0.5 * of_images.sum(0),
        v - 0.25 * (real.T @ of_a + fake.T @ of_b),
        e - 0.25 * (of_a + of_b).sum(0),
    ]
    after = values_of(gan.trainable_variables)
    for value, new in zip(after, expected, strict=True):
        np.testing.assert_allclose(value, new, rtol=1e-5)
    # The rows of the labels are among those that move.
    assert (after[0][2:] != np.float32(w[2:])).all()


def test_another_label_is_another_image_and_another_logit():
    gan = small_gan()
    z, images = tf.fill([5, 3], 0.7), tf.fill([5, 28, 28, 1], 0.2)
    labels = tf.range(5)
    made = gan.generator({"latents": z, "labels": labels}, training=False)
    assert made.shape == (5, 28, 28, 1) and made.dtype == "float32"
    logits = gan.discriminator({"images": images, "labels": labels})
    assert logits.shape == (5,) and logits.dtype == "float32"
    for values in (made, logits):
        assert len(np.unique(np.round(values, 6), axis=0)) == 5


def test_the_discriminator_can_judge_whether_they_match():
    # Were the logit a sum of one of the image and one of the label, a change
    # of the label would change it by as much beside any image.
    images = np.random.default_rng(1).uniform(-1, 1, (3, 28, 28, 1))
    images = tf.constant(images, tf.float32)
    network = small_gan().discriminator
    first, second = (
        network({"images": images, "labels": tf.fill([3], label)}).numpy()
        for label in (0, 3)
    )
    assert np.ptp(second - first) > 1e-3 * np.abs(second - first).max() > 0


def test_samples_with_labels_follow_those_without():
    gan = small_gan()
    seeds = [6, 9, 3]
    labels = [1, 4, 3]  # Their own, seeds mod 5.
    first = gan.sample(seeds)
    for how in ({"label": labels}, {"truncation": 1.0}, {"truncation": None}):
        np.testing.assert_allclose(gan.sample(seeds, **how), first, atol=1e-6)
    one = gan.sample(seeds, label=2, truncation=[0.5, 1.0, 0.0])
    inputs = gan.sample_inputs(seeds, tf.constant([0.5, 1.0, 0.0]), label=2)
    expected = gan.generator(inputs, training=False)
    np.testing.assert_allclose(one, expected, atol=1e-6)
    np.testing.assert_allclose(gan.sample(seeds), first, atol=1e-6)


@pytest.mark.parametrize("wrong", [-0.01, 1.01, np.nan, [0.5, 7.0]])
def test_a_truncation_out_of_range_is_refused(wrong):
    gan = small_gan()
    said = r"A truncation in \[0, 1\] was expected. Received:"
    with pytest.raises(UserError, match=said) as caught:
        gan.sample([1, 2], truncation=wrong)
    assert len(str(caught.value).splitlines()) == 1
    gan.sample([1, 2], truncation=[0.0, 1.0])
    sample = tf.function(gan.endpoints()["sample"][0])
    given = {"seed": tf.constant([1, 2], tf.int64), "label": [0, 0]}
    if np.isfinite(wrong).all():
        with pytest.raises(tf.errors.InvalidArgumentError, match=said):
            sample(truncation=tf.broadcast_to(np.float32(wrong), [2]), **given)


def test_predictions_are_of_classes_that_there_are():
    gan = small_gan()
    inputs = {"latents": np.ones((2, 3), np.float32), "labels": [4, 0]}
    inputs["labels"] = np.int64(inputs["labels"])
    made = gan.predict(inputs, verbose=0)
    expected = gan.generator(inputs, training=False)
    np.testing.assert_allclose(made, expected, atol=1e-6)
    with pytest.raises(tf.errors.InvalidArgumentError, match="0 to 4 was exp"):
        gan.predict(inputs | {"labels": np.int64([5, 0])}, verbose=0)


def test_samples_are_of_their_seeds_modulo_classes_unless_asked_for():
    gan = small_gan()
    seeds = [12, 7, -1, 2**40 + 3]
    drawn = gan.prior.of_seeds(tf.constant(seeds, tf.int64))
    for given, labels in (
        ({}, [2, 2, 4, (2**40 + 3) % 5]),
        ({"label": [4, 0, 1, 1]}, [4, 0, 1, 1]),
        ({"label": 3}, [3, 3, 3, 3]),
    ):
        inputs = gan.sample_inputs(seeds, **given)
        assert inputs["labels"].dtype == "int64"
        np.testing.assert_array_equal(inputs["labels"], labels)
        np.testing.assert_array_equal(inputs["latents"], drawn)
    inputs = gan.sample_inputs(seeds, tf.constant(0.5), label=3)
    np.testing.assert_array_equal(inputs["latents"], drawn / 2)
    one = gan.sample(seeds[:1], label=4)
    assert one.shape == (1, 28, 28, 1)
    assert (one != gan.sample(seeds[:1])).numpy().any()


def test_a_configuration_makes_the_same_game():
    gan = small_gan(ema_decay=0.5, seed=4)
    config = json.dumps(gan.get_config())
    again = ConditionalGAN.from_config(json.loads(config))
    assert json.dumps(again.get_config()) == config
    again.set_weights(gan.get_weights())
    np.testing.assert_array_equal(again.sample([8, 3]), gan.sample([8, 3]))


def test_what_is_served_takes_labels():
    gan = small_gan()
    served = {
        name: tf.function(function)
        for name, (function, _) in gan.endpoints().items()
    }
    seeds = tf.constant([6, 11], tf.int64)
    labels = tf.constant([4, 2], tf.int64)
    one = tf.ones(2)
    sampled = served["sample"](seed=seeds, truncation=one, label=labels)
    inputs = gan.sample_inputs(seeds, label=labels)
    made = served["generate"](**inputs)
    expected = 0.5 + 0.5 * gan.generator(inputs, training=False).numpy()
    for images in (sampled["images"], made["images"]):
        np.testing.assert_allclose(images, expected, atol=1e-6)
    with pytest.raises(tf.errors.InvalidArgumentError, match="0 to 4"):
        served["sample"](seed=seeds, truncation=one, label=labels + 1)
    for wrong in (labels + 1, labels - 3):
        with pytest.raises(tf.errors.InvalidArgumentError, match="0 to 4"):
            served["generate"](**inputs | {"labels": wrong})


def test_what_it_is_given_is_specified():
    gan = small_gan()
    labels = tf.TensorSpec([None], tf.int64)
    latents = tf.TensorSpec([None, 3])
    assert gan.generator_spec == {"latents": latents, "labels": labels}
    assert gan.conditions == {"label": labels}
    images, labels = gan.minibatch_spec(7)
    assert images == tf.TensorSpec([7, 28, 28, 1])
    assert labels == tf.TensorSpec([7], tf.int32)


def test_a_step_counts_the_passes_of_a_gan():
    gan = linear_gan()
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25))
    (turns,) = gan.schedule()
    minibatch = tf.zeros([4, 2, 1, 1]), tf.zeros([4], tf.int32)
    passes = flop.passes(gan, turns, minibatch)
    assert sum(n for net, _, n in passes if net is gan.generator) == 3
    assert sum(n for net, _, n in passes if net is gan.discriminator) == 7


def test_numbers_are_dcgans_and_the_kind_is_the_first():
    parameters = inspect.signature(conditional.build).parameters
    numbers = {"kind": "concat", "latent_dim": 100, "width": 64, "seed": 0}
    assert {k: parameters[k].default for k in numbers} == numbers


def test_a_kind_that_there_is_not_is_refused():
    said = "one of concat, acgan, projection. Received: sum"
    with pytest.raises(UserError, match=said):
        conditional.build((28, 28, 1), 3, kind="sum")


@pytest.mark.parametrize("classes", [0, 1])
def test_fewer_than_two_classes_are_refused(classes):
    with pytest.raises(UserError, match=f"at least 2. Received: {classes}"):
        conditional.build((28, 28, 1), classes)


@pytest.mark.parametrize("label", [-1, 5])
def test_a_class_that_does_not_exist_is_refused(label):
    with pytest.raises(
        UserError, match=r"0 to 4 was expected. Received:\] \[(-1|3)\]"
    ):
        small_gan().sample([1, 2], label=[3, label])


def test_labels_that_are_missing_or_no_class_end_training():
    gan = linear_gan()
    gan.compile("sgd", "sgd")
    with pytest.raises(tf.errors.InvalidArgumentError, match="0 to 2"):
        fit(gan, IMAGES, LABELS + 1)
    with pytest.raises(UserError, match="labels were expected"):
        gan.fit(tf.data.Dataset.from_tensors(IMAGES), shuffle=False, verbose=0)
