"""What recipes.dcgan builds, flag by flag."""

import functools

import numpy as np
import tensorflow as tf
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = image_checks.DEFAULTS | {
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "width": 64,
    "kernel_size": 5,
    "prior": "uniform",
    "game": "non_saturating",
    "normalization": "batch",
    "reference_size": 64,
    "historical_averaging": 0.0,
}
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "width": 6,
        "kernel_size": 3,
        "prior": "normal",
        "game": "minimax",
        "normalization": "reference",
        "reference_size": 5,
        "historical_averaging": 0.25,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "virtual": {
        "width": 4,
        "normalization": "virtual",
        "reference_size": Unset(64),
        "game": "maximum_likelihood",
    },
    "mirrored": checks.MIRRORED | {"width": 4},
}


def networks(run, _):
    told, shape = run.told, run.data.image_shape
    size = told["width"], told["kernel_size"]
    assert built.shapes(run.gan.generator) == expected.dcgan_generator(
        told["latent_dim"], *size, shape
    )
    assert built.shapes(run.gan.discriminator) == expected.dcgan_discriminator(
        *size, shape
    )


def normalization(run, value):
    kinds = {
        type(layer).__name__.removesuffix("BatchNormalization").lower()
        for layer in run.gan.generator.layers
        if "Normalization" in type(layer).__name__
    }
    assert kinds == {"" if value == "batch" else value}


def reference_size(run, value):
    """It is drawn from the prior, once for the seed."""
    draws = {
        "uniform": functools.partial(tf.random.stateless_uniform, minval=-1.0),
        "normal": tf.random.stateless_normal,
    }
    seed = [run.told["seed"], -2]
    wanted = draws[run.told["prior"]]([value, run.gan.prior.dim], seed)
    received = [
        layer.reference
        for layer in run.gan.generator.layers
        if hasattr(layer, "reference")
    ]
    if run.told["normalization"] == "batch":
        assert not received
    else:
        np.testing.assert_array_equal(*received, wanted)


def adam(gradients, rate, told):
    return expected.adam(
        gradients,
        rate,
        told["beta_1"],
        historical_averaging=told["historical_averaging"],
    )


LAWS = {"uniform": checks.UNIFORM, "normal": checks.NORMAL}
UPDATES = optimizer_checks.of_flags(adam)
CHECKS = (
    image_checks.CHECKS
    | UPDATES
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "width": networks,
        "kernel_size": networks,
        "prior": lambda run, value: checks.prior(*LAWS[value])(run),
        "game": checks.generator_cost,
        "normalization": normalization,
        "reference_size": reference_size,
        "historical_averaging": UPDATES["beta_1"],
    }
)
FACTS = {
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "no evaluation": image_checks.not_evaluated,
    "record": checks.record,
}


EXPERIMENT = experiment.Experiment(
    "recipes.dcgan", DEFAULTS, RUNS, CHECKS, FACTS
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
