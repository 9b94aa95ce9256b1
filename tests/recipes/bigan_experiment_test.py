"""What recipes.bigan builds, flag by flag."""

import functools
import math

from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    encoder_checks,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks

DEFAULTS = (
    image_checks.DEFAULTS
    | encoder_checks.DEFAULTS
    | {
        "batch_size": 128,
        "latent_dim": 50,
        "generator_lr": 2e-4,
        "discriminator_lr": 2e-4,
        "units": 1024,
    }
)
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | encoder_checks.OTHERS
    | {
        "units": 6,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"units": 4},
}


def networks(run, _):
    """Perceptrons without biases; second layers see latents again."""
    latent_dim, units = run.told["latent_dim"], run.told["units"]
    pixels = math.prod(run.data.image_shape)
    joint = (units + latent_dim, units)
    for name, shapes in {
        "generator": [(latent_dim, units), joint, (units, pixels)],
        "encoder": [(pixels, units), (units, units), (units, latent_dim)],
        "discriminator": [(pixels, units), joint, (units, 1)],
    }.items():
        assert built.shapes(getattr(run.gan, name)) == shapes, name


def ema_decay(run, value):
    """Of generator and encoder."""
    for name in ("generator", "encoder"):
        checks.ema_decay(name)(run, value)
    assert run.decay("discriminator") == 0


def adam(gradients, rate, told):
    """Epsilon is as released."""
    return expected.adam(gradients, rate, told["beta_1"], outer=1e-8)


def moves_the_encoder(run):
    """The generator's optimizer has the encoder's weights as well."""
    owned = {id(x) for x in run.gan.generator_optimizer._trainable_variables}
    players = run.gan.generator, run.gan.encoder
    assert owned == {id(x) for y in players for x in y.trainable_variables}


CHECKS = (
    image_checks.CHECKS
    | encoder_checks.CHECKS
    | optimizer_checks.of_flags(adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "units": networks,
        "ema_decay": ema_decay,
    }
)
FACTS = {
    "prior": checks.prior(*checks.UNIFORM),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "encoder": moves_the_encoder,
    "images": image_checks.stream,
    "evaluation": encoder_checks.evaluation,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.bigan", DEFAULTS, RUNS, CHECKS, FACTS
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
