"""What recipes.minibatch builds, flag by flag."""

import functools

import numpy as np
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    features_checks,
    image_checks,
    label_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = (
    image_checks.DEFAULTS
    | label_checks.DEFAULTS
    | {
        "generator_lr": 2e-4,
        "discriminator_lr": 2e-4,
        "labels": None,
        "discriminator_ema_decay": 0.0,
        "minibatch_features": "released",
        "minibatch_kernels": 100,
        "minibatch_dimension": 5,
        "across_replicas": False,
        "networks": "dcgan",
        "generator_steps": None,
        "width": 64,
        "kernel_size": 5,
    }
)
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "minibatch_features": "paper",
        "minibatch_kernels": 6,
        "minibatch_dimension": 3,
        "width": 4,
        "kernel_size": 3,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
        "precision": "float32",
    },
    "none": {
        "minibatch_features": "none",
        "width": 4,
        "precision": "mixed_bfloat16",
    },
    "labels": {
        "labels": 20,
        "label_seed": 4,
        "test_split": "train",
        "discriminator_ema_decay": 0.8,
        "eval_every": 8,
        "generator_steps": 2,
        "simultaneous": Unset(False),
        "width": 4,
        "batch_size": 12,
    },
    "cifar10": {
        "dataset": "cifar10",
        "networks": "cifar10",
        "labels": 20,
        "generator_lr": Unset(3e-4),
        "discriminator_lr": Unset(3e-4),
        "generator_steps": Unset(3),
        "simultaneous": Unset(False),
        "image_size": Unset(32),
        "channels": Unset("3"),
        "batch_size": 12,
        "minibatch_kernels": 7,
        "minibatch_dimension": 4,
    },
    "mirrored": checks.MIRRORED | {"width": 4, "across_replicas": True},
}


def networks(run, _):
    told, shape = run.told, run.data.image_shape
    layer = {
        "kernels": told["minibatch_kernels"],
        "dimension": told["minibatch_dimension"],
        "kind": told["minibatch_features"],
    }
    if told["networks"] == "cifar10":
        sizes = [
            sum(map(np.prod, built.shapes(network)))
            for network in (run.gan.generator, run.gan.discriminator)
        ]
        assert sizes == expected.improved_conv(
            told["latent_dim"], 96, 192, **layer
        )
        return
    size = told["width"], told["kernel_size"]
    assert built.shapes(run.gan.generator) == expected.dcgan_generator(
        told["latent_dim"], *size, shape
    )
    assert built.shapes(run.gan.discriminator) == expected.dcgan_discriminator(
        *size, shape, outputs=10 if told["labels"] else 1, **layer
    )


def features(run, kind):
    """As many images as there will be batch-mates have set their scale."""
    if kind != "none":
        first = run.data.images[: run.told["batch_size"]]
        first = first / np.float32(127.5) - 1
        features_checks.minibatch_features(run, first, kind)


def across_replicas(run, value):
    of_layers = [
        layer.across_replicas
        for layer in run.gan.discriminator.layers
        if hasattr(layer, "across_replicas")
    ]
    some = run.told["minibatch_features"] != "none"
    assert of_layers == [value] * some


def generator_steps(run, value):
    if value is None:
        assert type(run.gan).__name__ == "GAN"
    else:
        assert run.gan.generator_steps == value


def costs(run):
    """DCGAN's; with labels the released one, on the logits of real."""
    game = "minimax" if run.told["labels"] else "non_saturating"
    checks.generator_cost(run, game)


def adam(gradients, rate, told):
    if told["networks"] == "dcgan":
        return optimizer_checks.adam(gradients, rate, told)
    return expected.adam(gradients, rate, told["beta_1"], outer=0.0, inner=1e-8)


def prior(run):
    law = {"dcgan": checks.UNIFORM, "cifar10": checks.UNIT_UNIFORM}
    checks.prior(*law[run.told["networks"]])(run)


STDDEVS = {"dcgan": 0.02, "cifar10": 0.05}
CHECKS = (
    image_checks.CHECKS
    | label_checks.CHECKS
    | optimizer_checks.of_flags(adam)
    | {
        "seed": lambda run, value: checks.seed(
            functools.partial(RandomNormal, 0, STDDEVS[run.told["networks"]])
        )(run, value),
        "minibatch_features": features,
        "minibatch_kernels": networks,
        "minibatch_dimension": networks,
        "across_replicas": across_replicas,
        "networks": networks,
        "generator_steps": generator_steps,
        "width": networks,
        "kernel_size": networks,
    }
)
FACTS = {
    "prior": prior,
    "costs": costs,
    "features": lambda run: features(run, run.told["minibatch_features"]),
    "networks": lambda run: networks(run, None),
    "constant rates": optimizer_checks.rates_are_constant,
    "stream": label_checks.stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.minibatch", DEFAULTS, RUNS, CHECKS, FACTS
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
