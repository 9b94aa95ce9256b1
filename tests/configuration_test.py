"""A GAN and how it was compiled, through JSON and back."""

import copy
import functools
import json

import keras
import numpy as np
import pytest
from keras import layers

from tests.linear_game import ScaledGame, compiled, tiny_gan
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.layers.minibatch_features import MinibatchFeatures
from tfgan_ref.layers.reference_normalization import VirtualBatchNormalization
from tfgan_ref.losses import adversarial, f_divergence, feature_matching
from tfgan_ref.models import (
    bigan,
    conditional,
    dcgan,
    minibatch,
    toy,
    unrolled,
    wgan,
)
from tfgan_ref.models import feature_matching as matching

SHAPE = (28, 28, 1)
SGD = keras.optimizers.SGD


def discriminator(image_shape, classes):
    images = keras.Input(image_shape)
    x = layers.Dense(4, name="features")(layers.Flatten()(images))
    return keras.Model(images, layers.Dense(classes)(x))


def matched(**kwargs):
    return matching.build(
        SHAPE,
        3,
        make_generator=functools.partial(dcgan.generator, width=1),
        make_discriminator=discriminator,
        latent_dim=5,
        **kwargs,
    )


def parts():
    """Of two inputs."""
    given = {
        "latents": keras.Input((2,), name="latents"),
        "code": keras.Input((3,), name="code"),
    }
    x = layers.Concatenate()(list(given.values()))
    images = layers.Reshape((2, 2, 1))(layers.Dense(4)(x))
    return tiny_gan(
        generator=keras.Model(given, images),
        prior=priors.Product(
            latents=priors.Normal(2), code=priors.Categorical(3)
        ),
    )


MODELS = {
    "dcgan": lambda: dcgan.build(
        SHAPE,
        latent_dim=5,
        width=1,
        prior=priors.Normal,
        normalization=VirtualBatchNormalization,
        reference_size=3,
        ema_decay=0.5,
        seed=7,
    ),
    "product": parts,
    "toy": lambda: toy.build(2, generator_units=3, discriminator_units=2),
    "classes": lambda: minibatch.build(
        SHAPE,
        classes=3,
        make_minibatch_features=None,
        latent_dim=5,
        width=1,
        generator_steps=2,
        discriminator_ema_decay=0.25,
    ),
    "minibatch": lambda: minibatch.build(
        SHAPE,
        classes=3,
        make_minibatch_features=lambda: MinibatchFeatures(2, 3),
        latent_dim=5,
        width=1,
    ),
    "matched": lambda: matched(distance=feature_matching.mean_absolute),
    "baseline": lambda: matched(supervised=True),
    "penalty": lambda: wgan.build_toy(2, penalty_weight=0.5, units=3),
    "clipping": lambda: wgan.build(SHAPE, clip=0.25, latent_dim=5, width=1),
    "unrolled": lambda: unrolled.build(2, unroll_steps=3, latent_dim=5),
    "conditional": lambda: conditional.build(
        SHAPE, 3, latent_dim=5, width=1, ema_decay=0.5
    ),
    "bigan": lambda: bigan.build(SHAPE, latent_dim=5, units=3, ema_decay=0.5),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_gan_of_a_configuration_has_that_configuration(make):
    gan = make()
    config = json.loads(json.dumps(gan.get_config()))
    given = copy.deepcopy(config)

    again = type(gan).from_config(config)

    assert type(again) is type(gan)
    assert config == given  # It is left as it was.
    assert json.loads(json.dumps(again.get_config())) == given
    assert (again.name, again.seed) == (gan.name, gan.seed)
    assert again.prior == gan.prior
    assert again.averages == gan.averages
    for name, network in gan.networks.items():
        other = again.networks[name]
        assert other is not network
        assert [w.shape for w in other.weights] == [
            w.shape for w in network.weights
        ]
        average = getattr(gan, f"ema_{name}")
        assert (average is None) == (getattr(again, f"ema_{name}") is None)
    # And with the same weights the same samples.
    again.set_weights(gan.get_weights())
    np.testing.assert_allclose(again.sample([3, 5]), gan.sample([3, 5]), 1e-6)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("classes", {"generator_steps": 2}),
        ("penalty", {"penalty_weight": 0.5}),
        ("clipping", {"clip": 0.25}),
        ("unrolled", {"unroll_steps": 3}),
        ("matched", {"distance": feature_matching.mean_absolute}),
    ],
)
def test_what_a_game_has_besides_is_kept(name, values):
    gan = MODELS[name]()
    again = type(gan).from_config(gan.get_config())
    assert {key: getattr(again, key) for key in values} == values


def test_a_prior_that_is_a_function_is_not_kept():
    gan = tiny_gan(prior=lambda shape, seed: seed)
    with pytest.raises(UserError, match="cannot be saved"):
        gan.get_config()


# How it was compiled.

SMOOTHED = functools.partial(
    adversarial.minimax_discriminator_loss, real_target=0.75
)


@pytest.mark.parametrize(
    ("name", "protocol"),
    [
        (
            "toy",
            {
                "discriminator_loss": SMOOTHED,
                "generator_loss": adversarial.minimax_generator_loss,
                "discriminator_steps": 3,
                "simultaneous": False,
                "steps_per_execution": 5,
            },
        ),
        (
            "toy",
            {
                "discriminator_loss": f_divergence.KL.discriminator_loss,
                "generator_loss": f_divergence.KL.generator_loss,
            },
        ),
        ("toy", {"jit_compile": True, "run_eagerly": False}),
        ("toy", {"spatial_first": False}),
        ("classes", {"discriminator_steps": 2, "run_eagerly": True}),
        ("baseline", {}),
        ("penalty", {"discriminator_steps": 4}),
        ("bigan", {}),
    ],
)
def test_it_is_compiled_as_it_was(name, protocol):
    gan = MODELS[name]()
    gan.compile(
        SGD(0.5, momentum=0.25), keras.optimizers.Adam(0.125), **protocol
    )
    config = json.loads(json.dumps(gan.get_compile_config()))
    again = MODELS[name]()

    again.compile_from_config(config)

    assert json.loads(json.dumps(again.get_compile_config())) == config
    assert float(again.generator_optimizer.learning_rate) == 0.5
    assert again.generator_optimizer.momentum == 0.25
    assert type(again.discriminator_optimizer) is keras.optimizers.Adam
    for key, value in protocol.items():
        received = getattr(again, key)
        if isinstance(value, functools.partial):
            received, value = (
                (one.func, one.keywords) for one in (received, value)
            )
        assert received == value, key


def test_the_unrolled_game_is_compiled_as_it_was():
    gan, again = MODELS["unrolled"](), MODELS["unrolled"]()
    gan.compile("sgd", "adam")
    again.compile_from_config(gan.get_compile_config())
    assert again.get_compile_config() == gan.get_compile_config()


def test_costs_that_are_methods_need_no_configuration():
    gan = compiled(tiny_gan(ScaledGame))
    assert gan.get_compile_config()["costs"] == {}
    compiled(tiny_gan(ScaledGame)).compile_from_config(gan.get_compile_config())


def test_a_function_of_ones_own_must_be_registered():
    gan = compiled(tiny_gan(), generator_loss=lambda logits: -logits)
    with pytest.raises(UserError, match="or registered with keras"):
        gan.get_compile_config()
