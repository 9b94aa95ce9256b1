"""What recipes.conditional builds, flag by flag."""

import functools

from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks

DEFAULTS = image_checks.DEFAULTS | {
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "width": 64,
    "game": "non_saturating",
}
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "width": 6,
        "game": "minimax",
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"width": 4},
}
CLASSES = 10


def networks(run, _):
    """DCGAN's, of which each is given the class as well."""
    latent_dim, width = run.told["latent_dim"], run.told["width"]
    *size, channels = run.data.image_shape
    assert built.shapes(run.gan.generator) == expected.dcgan_generator(
        latent_dim + CLASSES, width, 5, run.data.image_shape
    )
    assert built.shapes(run.gan.discriminator) == expected.dcgan_discriminator(
        width, 5, (*size, channels + CLASSES)
    )


def stream(run):
    """Images of the data in [-1, 1], each with its label."""
    known = image_checks.known(run)
    images, labels = run.minibatch
    received = [known[x.tobytes()] for x in image_checks.pixels(images)]
    assert received == labels.tolist()


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "width": networks,
        "game": checks.generator_cost,
    }
)
FACTS = {
    "prior": checks.prior(*checks.UNIFORM),
    "constant rates": optimizer_checks.rates_are_constant,
    "stream": stream,
    "no evaluation": image_checks.not_evaluated,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.conditional", DEFAULTS, RUNS, CHECKS, FACTS
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
