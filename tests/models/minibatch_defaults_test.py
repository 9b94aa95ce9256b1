"""Minibatch GANs: numbers, names and what a GAN was asked to be."""

import keras
import pytest

from tests.models.description import defaults, describe
from tfgan_ref import priors
from tfgan_ref.layers.minibatch_features import (
    MinibatchFeatures,
    PaperMinibatchFeatures,
)
from tfgan_ref.models import dcgan, improved_conv, minibatch

SHAPE = (28, 28, 1)
FEATURES = "PaperMinibatchFeatures N(0.0, 0.05) kernels=3 dimension=2"


def features():
    return PaperMinibatchFeatures(3, 2)


def test_what_is_not_given_is_as_released():
    both = {
        "make_minibatch_features": MinibatchFeatures,
        "latent_dim": 100,
        "ema_decay": 0.0,
        "discriminator_ema_decay": 0.0,
        "seed": 0,
    }
    network = {"width": 64, "kernel_size": 5, "classes": None}
    assert defaults(minibatch.build) == both | network | {
        "generator_steps": 1,
        "prior": priors.Uniform,
    }
    assert defaults(minibatch.build_cifar10) == both | {"generator_steps": 3}
    assert defaults(minibatch.discriminator) == network | {
        "make_minibatch_features": MinibatchFeatures
    }


@pytest.mark.parametrize(
    ("classes", "units", "shape"), [(None, 1, "()"), (5, 5, "(5,)")]
)
def test_the_discriminator_is_dcgans_but_for_its_end(classes, units, shape):
    keras.config.set_dtype_policy("mixed_bfloat16")
    network = minibatch.discriminator(SHAPE, 2, 4, classes, features)
    *beginning, _, _ = describe(dcgan.discriminator(SHAPE, 2, 4))
    assert describe(network) == [
        *[*beginning, FEATURES],
        f"Dense N(0, 0.02) float32 units={units}",
        f"logits: Reshape float32 target_shape={shape}",
    ]


@pytest.mark.parametrize("classes", [None, 5])
def test_a_gan_is_what_it_was_asked_to_be(classes):
    gan = minibatch.build(
        SHAPE,
        classes=classes,
        make_minibatch_features=features,
        generator_steps=4,
        latent_dim=3,
        width=2,
        kernel_size=4,
        prior=priors.Normal,
        ema_decay=0.25,
        discriminator_ema_decay=0.375,
        seed=7,
    )
    check(gan, priors.Normal(3))
    assert describe(gan.generator) == describe(dcgan.generator(SHAPE, 3, 2, 4))
    assert describe(gan.discriminator) == describe(
        minibatch.discriminator(SHAPE, 2, 4, classes, features)
    )
    if classes is not None:
        assert gan.generator_steps == 4


def test_that_for_cifar10_is_what_it_was_asked_to_be(monkeypatch):
    small = improved_conv.discriminator
    monkeypatch.setattr(
        improved_conv,
        "discriminator",
        lambda *args, **kwargs: small(*args, widths=(2, 3), **kwargs),
    )
    gan = minibatch.build_cifar10(
        (32, 32, 3),
        6,
        make_minibatch_features=features,
        generator_steps=4,
        latent_dim=3,
        ema_decay=0.25,
        discriminator_ema_decay=0.375,
        seed=7,
    )
    check(gan, priors.Uniform(3, 0.0, 1.0))
    assert gan.generator_steps == 4
    assert FEATURES in describe(gan.discriminator)
    assert gan.discriminator.output_shape == (None, 6)


def check(gan, prior):
    assert (gan.name, gan.seed, gan.prior.dim) == ("minibatch_gan", 7, 3)
    assert (*gan.averages.values(),) == (0.25, 0.375)
    assert gan.prior == prior
