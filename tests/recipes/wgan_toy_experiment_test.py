"""What recipes.wgan_toy builds, flag by flag."""

from keras import initializers

from tests.recipes import (
    built,
    experiment,
    optimizer_checks,
    point_checks,
    wasserstein_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = (
    point_checks.DEFAULTS
    | wasserstein_checks.DEFAULTS
    | {
        "penalty_weight": 0.1,
        "train_steps": 100_000,
        "batch_size": 256,
        "latent_dim": 2,
        "units": 512,
    }
)
CLIPPED = wasserstein_checks.CLIPPED | wasserstein_checks.CLIPPED_RATES
RUNS = {
    "defaults": {},
    "others": point_checks.OTHERS
    | {"penalty_weight": 3.0, "discriminator_steps": 2, "units": 6},
    "clipped": {name: Unset(value) for name, value in CLIPPED.items()}
    | {"lipschitz": "clipping", "units": 4},
    "clipped otherwise": wasserstein_checks.CLIPPED
    | {
        "penalty_weight": Unset(None),
        "clip": 0.3,
        "generator_lr": 3e-3,
        "discriminator_lr": 5e-4,
        "units": 4,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"units": 4},
}


def networks(run, _):
    units = run.told["units"]
    hidden = [(units,), (units, units), (units,), (units, units), (units,)]
    generator = [(run.told["latent_dim"], units), *hidden, (units, 2), (2,)]
    assert built.shapes(run.gan.generator) == generator
    critic = [(2, units), *hidden, (units, 1), (1,)]
    assert built.shapes(run.gan.discriminator) == critic


def hidden_initializer():
    initializers.GlorotUniform()  # The last layer is made first.
    return initializers.HeUniform()


def measured(run):
    """The exact distance, beside the critic's."""
    names = {f"eval/earth_mover/{x}" for x in ("exact", "critic", "data")}
    assert names <= run.evaluate(run.gan).scalars.keys()


CHECKS = (
    point_checks.CHECKS
    | wasserstein_checks.CHECKS
    | {
        "seed": checks.seed(hidden_initializer),
        "units": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "costs": wasserstein_checks.costs,
    "constant rates": optimizer_checks.rates_are_constant,
    "evaluation": point_checks.evaluated_and_drawn,
    "earth mover": measured,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.wgan_toy",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=wasserstein_checks.UNTRIED | {"export"},
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
