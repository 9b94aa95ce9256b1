"""What recipes.ali_toy builds, flag by flag."""

import functools

from keras.initializers import RandomNormal

from tests.recipes import built, experiment, optimizer_checks, point_checks
from tests.recipes import flag_checks as checks

DEFAULTS = point_checks.DEFAULTS | {
    "dataset": "grid",
    "train_steps": 400_000,
    "batch_size": 100,
    "latent_dim": 2,
    "generator_lr": 1e-4,
    "discriminator_lr": 1e-4,
    "beta_1": 0.8,
    "simultaneous": True,
    "generator_units": 400,
    "discriminator_units": 200,
}
RUNS = {
    "defaults": {},
    "others": point_checks.OTHERS
    | {
        "dataset": "ring",
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 2,
        "generator_units": 6,
        "discriminator_units": 5,
        "precision": "float32",
    },
    "bfloat16": {"precision": "mixed_bfloat16", "generator_units": 4},
    "mirrored": checks.MIRRORED
    | {"generator_units": 4, "discriminator_units": 3},
}


def networks(run, _):
    units, maxout = run.told["generator_units"], run.told["discriminator_units"]
    latent_dim = run.told["latent_dim"]
    block = [(units,), (units,), (units,)]
    more = [(units, units), *block]
    points = [(units, 2), (2,)]
    assert built.shapes(run.gan.generator) == [
        (latent_dim, units),
        *block,
        *3 * more,
        *points,
    ]
    assert built.shapes(run.gan.encoder) == [
        (2 + 2, units),
        *block,
        *more,
        (units, latent_dim),
        (latent_dim,),
    ]
    layers = [(maxout, 5 * maxout), (5 * maxout,)]
    assert built.shapes(run.gan.discriminator) == [
        (2 + latent_dim, 5 * maxout),
        (5 * maxout,),
        *2 * layers,
        (maxout, 1),
        (1,),
    ]


CHECKS = (
    point_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "generator_units": networks,
        "discriminator_units": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "evaluation": point_checks.evaluated_and_drawn,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.ali_toy",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "export"}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
