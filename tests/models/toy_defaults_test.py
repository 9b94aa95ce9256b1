"""PacGAN's networks of points as released: numbers, names and limits."""

import keras
import pytest

from tests.models.description import defaults, describe, synchronized
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.minibatch_features import MinibatchFeatures
from tfgan_ref.models import toy

HIDDEN = [
    "Dense N(0.0, 0.02) units=6",
    "BatchNormalization momentum=0.9 epsilon=0.001",
    "ReLU",
]
GENERATOR = [
    "generator: latents",
    *4 * HIDDEN,
    "points: Dense N(0.0, 0.02) float32 units=3",
]


def discriminator(*features):
    return [
        "discriminator: points",
        *3 * ["Maxout N(0.0, 0.02) units=6 pieces=5"],
        *features,
        "Dense N(0.0, 0.02) float32 units=1",
        "logits: Reshape float32 target_shape=()",
    ]


def test_what_is_not_given_is_as_released():
    assert defaults(toy.build) == {
        "latent_dim": 2,
        "generator_units": 400,
        "discriminator_units": 200,
        "make_minibatch_features": None,
        "ema_decay": 0.0,
        "seed": 0,
    }
    assert defaults(toy.generator) == {"latent_dim": 2, "units": 400}
    assert defaults(toy.discriminator) == {
        "units": 200,
        "make_minibatch_features": None,
    }
    assert defaults(toy.logits) == {"initializer": "glorot_uniform"}


def test_the_networks_layer_by_layer():
    keras.config.set_dtype_policy("mixed_bfloat16")
    assert describe(toy.generator(3, 2, 6)) == GENERATOR
    assert describe(toy.discriminator(3, 6)) == discriminator()
    network = toy.discriminator(3, 6, lambda: MinibatchFeatures(4, 7))
    assert describe(network) == discriminator(
        "MinibatchFeatures kernels=4 dimension=7"
    )


def test_batch_normalisation_is_synchronised_between_replicas(two_replicas):
    keras.config.set_dtype_policy("mixed_bfloat16")
    with two_replicas.scope():
        network = toy.generator(3, 2, 6)
    assert describe(network) == synchronized(GENERATOR)


def test_a_gan_is_what_it_was_asked_to_be():
    gan = toy.build(
        1,
        latent_dim=1,
        generator_units=1,
        discriminator_units=1,
        ema_decay=0.25,
        seed=7,
    )
    assert (gan.name, gan.seed, gan.averages["generator"]) == ("toy", 7, 0.25)
    assert type(gan.prior) is priors.Normal
    assert gan.generator.count_params() == 2 + 3 * 2 + 4 * 4 + 2
    assert gan.discriminator.count_params() == 3 * 10 + 2


@pytest.mark.parametrize("name", [*defaults(toy.build)][:3] + ["dimensions"])
def test_sizes_below_1_are_refused(name):
    with pytest.raises(UserError, match=f"`{name}` .*Received: 0"):
        toy.build(**({"dimensions": 2} | {name: 0}))
