"""WGAN and WGAN-GP as published: numbers, names and limits by hand."""

import keras
import pytest

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import wgan

HIDDEN = 3 * ["Dense HeUniform units=6", "ReLU"]


def test_what_is_not_given_is_as_published():
    both = {"clip": None, "ema_decay": 0.0, "seed": 0}
    assert defaults(wgan.build) == both | {
        "penalty_weight": 10.0,
        "latent_dim": 100,
        "width": 64,
        "kernel_size": 5,
    }
    assert defaults(wgan.build_toy) == both | {
        "penalty_weight": 0.1,
        "latent_dim": 2,
        "units": 512,
    }
    assert defaults(wgan.generator) == {"latent_dim": 2, "units": 512}
    assert defaults(wgan.critic) == {"units": 512}


def test_the_networks_of_points_layer_by_layer():
    keras.config.set_dtype_policy("mixed_bfloat16")
    assert describe(wgan.generator(3, 2, 6)) == [
        "generator: latents",
        *HIDDEN,
        "points: Dense GlorotUniform float32 units=3",
    ]
    assert describe(wgan.critic(3, 6)) == [
        "discriminator: points",
        *HIDDEN,
        "Dense GlorotUniform float32 units=1",
        "logits: Reshape float32 target_shape=()",
    ]


@pytest.mark.parametrize("bound", ["clip", "penalty_weight"])
@pytest.mark.parametrize(
    "make",
    [
        # The smallest.
        lambda **game: wgan.build(
            (28, 28, 1), latent_dim=1, width=1, kernel_size=2, **game
        ),
        lambda **game: wgan.build_toy(1, latent_dim=1, units=1, **game),
    ],
    ids=["images", "points"],
)
def test_a_gan_is_what_it_was_asked_to_be(make, bound):
    gan = make(ema_decay=0.25, seed=7, **{bound: 0.375})
    assert (gan.name, gan.seed, gan.averages["generator"]) == ("wgan", 7, 0.25)
    assert type(gan.prior) is priors.Normal
    assert getattr(gan, bound) == 0.375
    assert gan.prior.dim == 1


@pytest.mark.parametrize(
    ("build", "shape", "name", "value"),
    [
        (wgan.build, (28, 28, 1), "latent_dim", 0),
        (wgan.build, (28, 28, 1), "width", 0),
        (wgan.build, (28, 28, 1), "kernel_size", 1),
        (wgan.build_toy, 2, "latent_dim", 0),
        (wgan.build_toy, 2, "units", 0),
    ],
)
def test_smaller_ones_are_refused(build, shape, name, value):
    with pytest.raises(UserError, match=f"`{name}` .*Received: {value}"):
        build(shape, **{name: value})


def test_points_have_a_dimension():
    with pytest.raises(UserError, match="`dimensions` .*Received: 0"):
        wgan.build_toy(0)
