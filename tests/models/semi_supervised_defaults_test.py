"""Semi-supervised GANs: what is not given; which ends a step looks at."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.models.description import defaults
from tfgan_ref.models.semi_supervised import (
    SemiSupervisedGAN,
    SupervisedBaseline,
)

both_kinds = pytest.mark.parametrize(
    "kind", [SemiSupervisedGAN, SupervisedBaseline]
)


def small(kind, **arguments):
    """With batch normalisation, which in training is another function."""
    generator = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4), layers.BatchNormalization()]
    )
    discriminator = keras.Sequential(
        [keras.Input((4,)), layers.BatchNormalization(), layers.Dense(3)]
    )
    gan = kind(generator, discriminator, **arguments)
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    return gan


@both_kinds
def test_what_is_not_given_is_one_update_of_each_in_turn(kind):
    assert defaults(kind)["generator_steps"] == 1
    gan = small(kind)
    assert (gan.generator_steps, gan.discriminator_steps) == (1, 1)
    assert gan.simultaneous is False
    assert gan.name == "gan"
    assert small(kind, name="own", seed=7).name == "own"


@both_kinds
def test_networks_are_in_training(kind):
    gan = small(kind)
    rng = np.random.default_rng(3)
    labelled, images, others = (
        tf.constant(rng.normal(i, 2, (6, 4)), tf.float32) for i in range(3)
    )
    labels = tf.constant([0, 2, 1, 1, 0, 0])
    fakes = [
        gan.generator(gan.rows(gan.prior.draw, 6, draw), training=True)
        for draw in (0, 1)
    ]

    logs = gan.train_step([(labelled, labels, images, others)])

    def logits(x):
        return np.float64(gan.discriminator(x, training=True))

    def real_odds(x):
        return np.exp(logits(x)).sum(1)

    of_labelled = logits(labelled)
    normalised = of_labelled - np.log(real_odds(labelled))[:, None]
    expected = {
        "loss/labelled": -normalised[np.arange(6), labels].mean(),
        "accuracy/labelled": np.mean(of_labelled.argmax(1) == labels),
    }
    if kind is SemiSupervisedGAN:
        real, fake, other = map(real_odds, (images, *fakes))
        expected |= {
            "logits/real": np.log(real),
            "logits/fake": np.log(fake),
            "loss/unlabelled": np.mean(
                0.5 * np.log1p(1 / real) + 0.5 * np.log1p(fake)
            ),
            "loss/generator": -np.log1p(other).mean(),
        }
    for name, value in expected.items():
        np.testing.assert_allclose(logs[name], value, 1e-4, 1e-5, err_msg=name)
