"""Slopes of costs by logits, against their closed forms in NumPy."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.conformance import cases
from tests.models import unrolled_test, wgan_test
from tfgan_ref.diagnosis.slopes import Slopes
from tfgan_ref.gan import GAN
from tfgan_ref.losses import adversarial, hinge, least_squares

REAL = np.float32([2.0, -1.0, 0.3])
FAKE = np.float32([0.5, -3.0, 1.2])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def measured(gan):
    logits = {"logits/real": REAL, "logits/fake": FAKE}
    slopes = Slopes(gan)({k: tf.constant(x) for k, x in logits.items()})
    return {name.removeprefix("diagnosis/"): x for name, x in slopes.items()}


def a_gan(generator_loss, discriminator_loss):
    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    gan = GAN(network, keras.models.clone_model(network))
    gan.compile(
        generator_loss=generator_loss, discriminator_loss=discriminator_loss
    )
    return gan


_DOUBT = np.mean(sigmoid(-REAL)) + np.mean(sigmoid(FAKE))


@pytest.mark.parametrize(
    ("generator", "discriminator", "slope", "doubt"),
    [
        (
            adversarial.minimax_generator_loss,
            adversarial.minimax_discriminator_loss,
            np.mean(sigmoid(FAKE)),
            _DOUBT,
        ),
        (
            adversarial.non_saturating_generator_loss,
            adversarial.minimax_discriminator_loss,
            np.mean(sigmoid(-FAKE)),
            _DOUBT,
        ),
        (
            adversarial.maximum_likelihood_generator_loss,
            functools.partial(
                adversarial.minimax_discriminator_loss, real_target=0.9
            ),
            np.mean(np.exp(FAKE)),
            np.mean(abs(0.9 - sigmoid(REAL))) + np.mean(sigmoid(FAKE)),
        ),
        (
            least_squares.least_squares_generator_loss,
            least_squares.least_squares_discriminator_loss,
            np.mean(2 * abs(FAKE - 1)),
            np.mean(2 * abs(REAL - 1)) + np.mean(2 * abs(FAKE)),
        ),
        # Slopes are 1 below the margin of data, and above that of samples.
        (hinge.hinge_generator_loss, hinge.hinge_discriminator_loss, 1, 4 / 3),
    ],
)
def test_slopes_are_the_means_of_their_sizes(
    generator, discriminator, slope, doubt
):
    slopes = measured(a_gan(generator, discriminator))
    expected = {"doubt": doubt, "generator_slope": slope}
    assert slopes == pytest.approx(expected, rel=1e-5)


def test_a_critic_has_none_and_feature_matching_half():
    for build in wgan_test.CASES.values():
        assert not measured(cases.compiled(build))
    (build, *_) = cases.cases_of("feature_matching").values()
    assert measured(cases.compiled(build)).keys() == {"doubt"}
    (build, *_) = unrolled_test.CASES.values()
    assert measured(cases.compiled(build))["generator_slope"] == pytest.approx(
        np.mean(sigmoid(FAKE)), rel=1e-5
    )
    assert not Slopes(cases.compiled(build))({})


def test_information_is_no_function_of_logits():
    (build,) = cases.cases_of("infogan").values()
    assert measured(cases.compiled(build)) == pytest.approx(
        {"doubt": _DOUBT, "generator_slope": np.mean(sigmoid(-FAKE))}, rel=1e-5
    )
    (build,) = cases.cases_of("catgan").values()
    assert not measured(cases.compiled(build))


def test_a_cost_that_is_a_mean_already_has_the_same_slopes():
    binary = keras.losses.BinaryCrossentropy(from_logits=True)

    def discriminator_loss(real, fake):
        return binary(tf.ones_like(real), real) + binary(
            tf.zeros_like(fake), fake
        )

    found = measured(
        a_gan(lambda fake: binary(tf.ones_like(fake), fake), discriminator_loss)
    )
    assert found["doubt"] == pytest.approx(_DOUBT, rel=1e-5)
    slope = np.mean(sigmoid(-FAKE))
    assert found["generator_slope"] == pytest.approx(slope, rel=1e-5)
