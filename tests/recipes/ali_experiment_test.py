"""What recipes.ali builds, flag by flag."""

import functools

import numpy as np
import tensorflow as tf
from keras.initializers import RandomNormal

from tests.recipes import (
    encoder_checks,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks

DEFAULTS = (
    image_checks.DEFAULTS
    | encoder_checks.DEFAULTS
    | {
        "batch_size": 100,
        "latent_dim": 64,
        "generator_lr": 1e-4,
        "discriminator_lr": 1e-4,
        "width": 32,
    }
)
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | encoder_checks.OTHERS
    | {
        "width": 4,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"width": 12},
}


def networks(run, width):
    """Feature maps of the layers next to the images."""
    channels = run.data.image_shape[-1]
    kernel = run.data.image_shape[0] - 27
    convolution = run.gan.encoder.trainable_variables[0]
    assert convolution.shape == (kernel, kernel, channels, width)
    last = run.gan.generator.layers[-3]
    assert last.kernel.shape == (width, channels)


def ema_decay(run, value):
    """Of generator and encoder."""
    for name in ("generator", "encoder"):
        checks.ema_decay(name)(run, value)
    assert run.decay("discriminator") == 0


def begins_at_the_mean_image(run):
    bias = run.gan.generator.layers[-3].bias
    means = run.data.images[:].mean(0) / 255
    found = tf.sigmoid(tf.convert_to_tensor(bias))
    np.testing.assert_allclose(found, np.clip(means, 0.002, 0.998), atol=1e-5)


CHECKS = (
    image_checks.CHECKS
    | encoder_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.01)),
        "width": networks,
        "ema_decay": ema_decay,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "mean image": begins_at_the_mean_image,
    "images": image_checks.stream,
    "evaluation": encoder_checks.evaluation,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment("recipes.ali", DEFAULTS, RUNS, CHECKS, FACTS)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
