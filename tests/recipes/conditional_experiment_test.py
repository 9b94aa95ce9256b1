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
from tests.recipes.experiment import Unset

DEFAULTS = image_checks.DEFAULTS | {
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "kind": "concat",
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
    "acgan": {"kind": "acgan", "width": 4, "game": "hinge"},
    "projection": {"kind": "projection", "width": 4, "game": Unset("hinge")},
    "mirrored": checks.MIRRORED | {"width": 4},
}
CLASSES = 10


GAMES = {
    "concat": "ConditionalGAN",
    "acgan": "AuxiliaryClassifierGAN",
    "projection": "ProjectionGAN",
}


def networks(run, _):
    """DCGAN's, which come to know the class as the kind has it."""
    latent_dim, width = run.told["latent_dim"], run.told["width"]
    shape, kind = run.data.image_shape, run.told["kind"]
    *size, channels = shape
    generator = expected.dcgan_generator(latent_dim + CLASSES, width, 5, shape)
    discriminator = expected.dcgan_discriminator(
        width,
        5,
        (*size, channels + (CLASSES if kind == "concat" else 0)),
        normalized=kind != "projection",
    )
    (flat, _), _ = discriminator[-2:]
    if kind == "projection":
        # Of each class, all but the last bias.
        generator = [
            (CLASSES, *x) if len(x) == 1 and x != (channels,) else x
            for x in generator
        ]
        discriminator[-2:] = [(flat, 1), (CLASSES, flat)]
    if kind == "acgan":
        discriminator += [(flat, CLASSES), (CLASSES,)]
    assert built.shapes(run.gan.generator) == generator
    assert sorted(built.shapes(run.gan.discriminator)) == sorted(discriminator)
    assert type(run.gan).__name__ == GAMES[kind]


def costs(run, game):
    """Those of the game, and no other real target."""
    checks.generator_cost(run, game)
    if game == "hinge":
        checks.discriminator_cost(run, game)


def real_target(run, value):
    if run.told["game"] != "hinge":
        checks.real_target(run, value)


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
        "kind": networks,
        "width": networks,
        "game": costs,
        "real_target": real_target,
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
