"""Perceptrons whose likelihood was measured."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import perceptron

CASES = {
    "perceptrons": lambda: perceptron.build(
        (4, 4, 1), latent_dim=3, hidden=(5, 6), ema_decay=0.5
    )
}


def test_what_is_not_given_is_as_published():
    hidden = (64, 256, 256, 1024)
    assert defaults(perceptron.build) == {
        "latent_dim": 10,
        "hidden": hidden,
        "ema_decay": 0.0,
        "seed": 0,
    }
    assert perceptron.HIDDEN == {10: hidden, 50: (1024, 1024, 1024)}


def test_the_networks_layer_by_layer():
    gan = perceptron.build((28, 28, 1), latent_dim=7, hidden=(3, 9), seed=4)
    assert describe(gan.generator) == [
        "generator: latents",
        "Dense GlorotUniform units=3 activation=tanh",
        "Dense GlorotUniform units=9 activation=tanh",
        "Dense GlorotUniform units=784",
        "Activation activation=sigmoid",
        "Reshape target_shape=(28, 28, 1)",
        "images: Rescaling scale=2.0 offset=-1.0",
    ]
    assert describe(gan.discriminator) == [
        "discriminator: images",
        "Flatten",
        "Rescaling scale=0.5 offset=0.5",
        "Dropout rate=0.2",
        *["Maxout GlorotUniform units=240 pieces=5", "Dropout rate=0.5"] * 2,
        "Dense GlorotUniform units=1",
        "logits: Reshape target_shape=()",
    ]
    assert (gan.prior, gan.seed) == (priors.Normal(7), 4)


def test_images_are_in_the_range_of_images():
    gan = perceptron.build((2, 3, 1), latent_dim=2, hidden=(4,))
    *_, last = gan.generator.trainable_variables
    last.assign([-99.0, -2.0, 0.0, 0.5, 2.0, 99.0])
    images = gan.generator(tf.zeros([1, 2])).numpy().ravel()
    logits = np.array([-99.0, -2.0, 0.0, 0.5, 2.0, 99.0])
    np.testing.assert_allclose(images, np.tanh(logits / 2), atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"latent_dim": 0}, "latent_dim"), ({"hidden": (3, 0)}, "hidden_1")],
)
def test_sizes_that_are_none_are_one_line(wrong, said):
    with pytest.raises(UserError, match=f"`{said}` .*Received: 0$"):
        perceptron.build((4, 4, 1), **wrong)
