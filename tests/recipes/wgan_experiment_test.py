"""What recipes.wgan builds, flag by flag."""

import functools

from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
    wasserstein_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = (
    image_checks.DEFAULTS
    | wasserstein_checks.DEFAULTS
    | {"penalty_weight": 10.0, "width": 64, "kernel_size": 5}
)
CLIPPED = wasserstein_checks.CLIPPED | wasserstein_checks.CLIPPED_RATES
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "penalty_weight": 3.0,
        "discriminator_steps": 2,
        "width": 6,
        "kernel_size": 3,
    },
    "clipped": {name: Unset(value) for name, value in CLIPPED.items()}
    | {"lipschitz": "clipping", "width": 4},
    "clipped otherwise": wasserstein_checks.CLIPPED
    | {
        "penalty_weight": Unset(None),
        "clip": 0.3,
        "generator_lr": 3e-3,
        "discriminator_lr": 5e-4,
        "width": 4,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"width": 4},
}


def networks(run, _):
    """The penalty's critic has no batch normalisation."""
    told, shape = run.told, run.data.image_shape
    size = told["width"], told["kernel_size"]
    assert built.shapes(run.gan.generator) == expected.dcgan_generator(
        told["latent_dim"], *size, shape
    )
    assert built.shapes(run.gan.discriminator) == expected.dcgan_discriminator(
        *size, shape, normalized=told["lipschitz"] == "clipping"
    )


CHECKS = (
    image_checks.CHECKS
    | wasserstein_checks.CHECKS
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "width": networks,
        "kernel_size": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "costs": wasserstein_checks.costs,
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "no evaluation": image_checks.not_evaluated,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.wgan",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=wasserstein_checks.UNTRIED,
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
