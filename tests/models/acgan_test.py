"""AC-GAN against two linear layers in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.models import conditional_test as linear
from tests.replicas import values_of
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import conditional, dcgan
from tfgan_ref.models.acgan import AuxiliaryClassifierGAN

ONE_HOT, LABELS = linear.ONE_HOT, linear.LABELS


def linear_gan(classes=linear.CLASSES):
    """G(z, y) = [z y] W + c; logit x v + e, class logits x U + f."""
    images = keras.Input((2, 1, 1), name="images")
    x = layers.Flatten()(images)
    given = {"logits": layers.Dense(1)(x), "classes": layers.Dense(classes)(x)}
    gan = AuxiliaryClassifierGAN(
        linear.linear_gan().generator,
        keras.Model(images, given),
        prior=priors.FromFunction(
            2, lambda shape, seed: tf.constant(linear.LATENTS)
        ),
    )
    rng = np.random.default_rng(7)
    for variable in gan.trainable_variables:
        variable.assign(rng.normal(0.3, 0.5, variable.shape))
    return gan


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def expected_of(gan):
    """What a step reports, and the weights after it, float64."""
    w, c, u, f, v, e = (
        np.float64(x) for x in values_of(gan.trainable_variables)
    )
    z = np.concatenate([linear.LATENTS, ONE_HOT], 1)
    real, fake = linear.IMAGES.reshape(4, 2), z @ w + c
    a, b = real @ v + e, fake @ v + e
    told, asked = (log_softmax(x @ u + f) for x in (real, fake))
    sigmoid = linear.sigmoid
    logs = {
        "loss/labelled": -np.mean(told[range(4), LABELS]),
        "loss/asked": -np.mean(asked[range(4), LABELS]),
        "accuracy/labelled": np.mean(told.argmax(1) == LABELS),
        "accuracy/asked": np.mean(asked.argmax(1) == LABELS),
    }
    logs["loss/discriminator"] = logs["loss/labelled"] + np.mean(
        -np.log(sigmoid(a)) - np.log(sigmoid(-b))
    )
    logs["loss/generator"] = logs["loss/asked"] + np.mean(-np.log(sigmoid(b)))
    of_a, of_b = -sigmoid(-a) / 4, sigmoid(b) / 4
    of_told, of_asked = ((np.exp(x) - ONE_HOT) / 4 for x in (told, asked))
    of_images = -sigmoid(-b) / 4 @ v.T + of_asked @ u.T
    after = [
        w - 0.5 * z.T @ of_images,
        c - 0.5 * of_images.sum(0),
        # Of images alone.
        u - 0.25 * real.T @ of_told,
        f - 0.25 * of_told.sum(0),
        v - 0.25 * (real.T @ of_a + fake.T @ of_b),
        e - 0.25 * (of_a + of_b).sum(0),
    ]
    return logs, after


def test_a_step_is_that_of_linear_layers_in_numpy():
    gan = linear_gan()
    logs, after = expected_of(gan)
    gan.compile(keras.optimizers.SGD(0.5), keras.optimizers.SGD(0.25))
    received = linear.fit(gan, linear.IMAGES, LABELS)
    assert {name: received[name] for name in logs} == pytest.approx(
        logs, rel=1e-5
    )
    for value, new in zip(
        values_of(gan.trainable_variables), after, strict=True
    ):
        np.testing.assert_allclose(value, new, rtol=1e-4)


def test_in_turn_the_generator_looks_at_no_image():
    gan = linear_gan()
    logs, _ = expected_of(gan)
    gan.compile("sgd", "sgd", simultaneous=False)
    received = linear.fit(gan, linear.IMAGES, LABELS)
    assert received["loss/labelled"] == pytest.approx(
        logs["loss/labelled"], rel=1e-5
    )
    assert received.keys() >= logs.keys()


def test_the_discriminator_is_one_trunk_and_gives_float32():
    network = conditional.build((28, 28, 1), 5, kind="acgan", width=3)
    heads = network.discriminator(tf.zeros([7, 28, 28, 1]))
    assert {k: v.shape for k, v in heads.items()} == {
        "logits": (7,),
        "classes": (7, 5),
    }
    plain = dcgan.discriminator((28, 28, 1), 3)
    flat = 7 * 7 * 6
    assert network.discriminator.count_params() == (
        plain.count_params() + flat * 5 + 5
    )


def test_class_logits_of_other_classes_are_refused():
    with pytest.raises(UserError, match=r"`\[batch, 3\]` was.*Received: .*4"):
        linear_gan(4)
    network = linear.linear_gan()
    with pytest.raises(UserError, match="`logits` and `classes`"):
        AuxiliaryClassifierGAN(
            network.generator, network.discriminator, prior=network.prior
        )
