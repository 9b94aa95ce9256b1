"""The Wasserstein games as published: numbers and limits by hand."""

import keras
import pytest
from keras import layers
from tfgan_ref.models.wasserstein import (
    ClippedGAN,
    PenalizedGAN,
    WassersteinGAN,
)

from tests.models.description import defaults
from tfgan_ref.errors import UserError


def small(kind, **arguments):
    return kind(
        keras.Sequential([keras.Input((3,)), layers.Dense(2)]),
        keras.Sequential(
            [keras.Input((2,)), layers.Dense(1), layers.Reshape(())]
        ),
        **arguments,
    )


def test_what_is_not_given_is_as_published():
    assert defaults(PenalizedGAN) == {"penalty_weight": 10.0}
    assert defaults(ClippedGAN) == {"clip": 0.01}
    assert defaults(WassersteinGAN.compile) == {
        "discriminator_steps": 5,
        "simultaneous": False,
    }


@pytest.mark.parametrize("kind", [ClippedGAN, PenalizedGAN])
def test_the_critic_makes_5_updates_and_then_the_generator_one(kind):
    gan = small(kind, name="own", seed=7, ema_decay=0.25)
    assert (gan.name, gan.seed, gan.averages["generator"]) == ("own", 7, 0.25)
    sgd, other = keras.optimizers.SGD(), keras.optimizers.SGD()
    gan.compile(sgd, other, steps_per_execution=3)
    assert (gan.discriminator_steps, gan.simultaneous) == (5, False)
    assert gan.generator_optimizer is sgd
    assert gan.steps_per_execution == 3


def test_a_penalty_may_be_none_and_a_bound_as_small_as_one_likes():
    assert small(PenalizedGAN, penalty_weight=0).penalty_weight == 0
    assert small(ClippedGAN, clip=1e-9).clip == 1e-9
    assert small(ClippedGAN, clip=100.0).clip == 100.0
    with pytest.raises(UserError, match="Received: 0"):
        small(ClippedGAN, clip=0)
