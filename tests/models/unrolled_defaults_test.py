"""The unrolled GAN as released: numbers, names, and what a step reports."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.errors import UserError
from tfgan_ref.models import unrolled

HIDDEN = "Dense Orthogonal 1.4 units=128 activation=tanh"


def test_what_is_not_given_is_as_released():
    assert defaults(unrolled.build) == {
        "unroll_steps": 5,
        "latent_dim": 256,
        "ema_decay": 0.0,
        "seed": 0,
    }


def test_the_networks_layer_by_layer():
    gan = unrolled.build(2, latent_dim=3)
    assert describe(gan.generator) == [
        "generator: inputs",
        *[HIDDEN, HIDDEN],
        "Dense Orthogonal 1.4 units=2",
    ]
    assert describe(gan.discriminator) == [
        "discriminator: inputs",
        *[HIDDEN, HIDDEN],
        "Dense Orthogonal 1.4 units=1",
        "logits: Reshape target_shape=()",
    ]


def test_those_of_the_paper_s_appendix():
    assert defaults(unrolled.build_of_paper) == {
        "unroll_steps": 10,
        "latent_dim": 256,
        "ema_decay": 0.0,
        "seed": 0,
    }
    gan = unrolled.build_of_paper(2, latent_dim=3, seed=4)
    hidden = "Dense Orthogonal 0.8 units=128 activation=relu"
    assert describe(gan.generator) == [
        "generator: inputs",
        *[hidden, hidden],
        "Dense Orthogonal 0.8 units=2",
    ]
    assert describe(gan.discriminator) == [
        "discriminator: inputs",
        "Rescaling scale=0.25 offset=0.0",
        hidden,
        "Dense Orthogonal 0.8 units=1",
        "logits: Reshape target_shape=()",
    ]
    assert (gan.unroll_steps, gan.seed) == (10, 4)


def test_logits_are_float32_beside_bfloat16():
    keras.config.set_dtype_policy("mixed_bfloat16")
    network = unrolled.build(2, latent_dim=3).discriminator
    assert describe(network)[-2:] == [
        "Dense Orthogonal 1.4 float32 units=1",
        "logits: Reshape float32 target_shape=()",
    ]


def test_a_gan_is_what_it_was_asked_to_be():
    gan = unrolled.build(
        1, unroll_steps=0, latent_dim=1, ema_decay=0.25, seed=7
    )
    assert (gan.name, gan.seed, gan.averages["generator"]) == (
        "unrolled_gan",
        7,
        0.25,
    )
    assert type(gan.prior) is priors.Normal
    assert gan.unroll_steps == 0


@pytest.mark.parametrize("name", ["dimensions", "latent_dim"])
def test_sizes_below_1_are_refused(name):
    with pytest.raises(UserError, match=f"`{name}` .*Received: 0"):
        unrolled.build(**({"dimensions": 2} | {name: 0}))


@pytest.mark.parametrize(
    # A step of the generator through the discriminator's, both at once, is 3
    # and 7; an unrolled one is a gradient, 6, and its derivative, twice that.
    ("steps", "passes"),
    [(0, (3, 7)), (1, (3, 25)), (5, (3, 97))],
)
def test_a_step_counts_its_passes(steps, passes):
    found = unrolled.build(2, unroll_steps=steps).step_passes()
    assert tuple(found.values()) == passes


def test_in_turn_the_discriminator_has_samples_of_its_own():
    gan = unrolled.build_of_paper(2, unroll_steps=1, latent_dim=1)
    gan.compile(simultaneous=False)
    assert gan.step_passes() == {"generator": 4, "discriminator": 31}


def test_both_optimizers_are_those_given_and_options_go_on():
    gan = unrolled.build(2, latent_dim=1)
    sgd, adam = keras.optimizers.SGD(), keras.optimizers.Adam()
    gan.compile(sgd, adam, steps_per_execution=3)
    assert gan.generator_optimizer is sgd
    assert gan.discriminator_optimizer is adam
    assert gan.steps_per_execution == 3


def batch_normalized(name, inputs, *end):
    normalization = layers.BatchNormalization(momentum=0.5)
    return keras.Sequential(
        [keras.Input((inputs,)), layers.Dense(4), normalization, *end],
        name=name,
    )


@pytest.mark.parametrize("steps", [0, 2])
def test_a_step_reports_the_costs_of_networks_in_training(steps):
    """The cost K steps ahead; with learning rate 0 that is the cost now."""
    gan = unrolled.UnrolledGAN(
        batch_normalized("generator", 3, layers.Dense(2)),
        batch_normalized(
            "discriminator", 2, layers.Dense(1), layers.Reshape(())
        ),
        unroll_steps=steps,
    )
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.Adam(0.0))
    moving = [x.numpy() for x in gan.discriminator.non_trainable_variables]
    rng = np.random.default_rng(4)
    # Of another place and spread than the samples; more than features.
    real = tf.constant(rng.normal(3, 2, (9, 2)), tf.float32)
    fake = gan.generator(gan.rows(gan.prior.draw, 9, 0), training=True)

    logs = gan.train_step([real])

    for one, other in zip(
        gan.discriminator.non_trainable_variables, moving, strict=True
    ):
        np.testing.assert_array_equal(one, other)
    of_real, of_fake = (
        gan.discriminator(x, training=True).numpy() for x in (real, fake)
    )
    cost = np.logaddexp(0, -of_real).mean() + np.logaddexp(0, of_fake).mean()
    expected = {
        "loss/generator": -cost,
        "loss/discriminator": cost,
        "accuracy/real": np.mean(of_real > 0),
        "accuracy/fake": np.mean(of_fake < 0),
        "logits/real": of_real,
        "logits/fake": of_fake,
    }
    for name, network in gan.networks.items():
        gradients = logs.pop(f"gradient_norm/{name}")
        shapes = [variable.shape for variable in network.trainable_variables]
        assert [gradient.shape for gradient in gradients] == shapes
    assert logs.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(logs[name], value, 1e-4, 1e-5, err_msg=name)
