"""What recipes.wgan_toy builds, flag by flag."""

import pytest
from keras import initializers

from tests.recipes import experiment
from tests.recipes import flag_checks as checks
from tests.recipes import wasserstein_checks as wasserstein
from tests.recipes.experiment import Unset

DEFAULTS = (
    checks.POINT_DEFAULTS
    | wasserstein.DEFAULTS
    | {
        "penalty_weight": 0.1,
        "train_steps": 100_000,
        "batch_size": 256,
        "latent_dim": 2,
        "units": 512,
    }
)
CLIPPED = wasserstein.CLIPPED | wasserstein.CLIPPED_RATES
RUNS = {
    "defaults": {},
    "others": checks.POINT_OTHERS
    | {"penalty_weight": 3.0, "discriminator_steps": 2, "units": 6},
    "clipped": {name: Unset(value) for name, value in CLIPPED.items()}
    | {"lipschitz": "clipping", "units": 4},
    "clipped otherwise": wasserstein.CLIPPED
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
    assert experiment.shapes(run.gan.generator) == generator
    critic = [(2, units), *hidden, (units, 1), (1,)]
    assert experiment.shapes(run.gan.discriminator) == critic


def hidden_initializer():
    initializers.GlorotUniform()  # The last layer is made first.
    return initializers.HeUniform()


CHECKS = (
    checks.POINTS
    | wasserstein.CHECKS
    | {
        "seed": checks.seed(hidden_initializer),
        "units": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "costs": wasserstein.costs,
    "constant rates": checks.rates_are_constant,
    "evaluation": checks.points_are_evaluated_and_drawn,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.wgan_toy",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=wasserstein.UNTRIED | {"export"},
)


@pytest.mark.parametrize(("run", "what"), EXPERIMENT.cells())
def test_what_is_built(run, what):
    EXPERIMENT.check(run, what)


def test_no_flag_is_left_out():
    EXPERIMENT.check_complete()
