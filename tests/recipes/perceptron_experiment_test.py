"""What recipes.perceptron builds, flag by flag."""

from keras.initializers import GlorotUniform

from tests.recipes import (
    built,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = image_checks.DEFAULTS | {
    "batch_size": 100,
    "latent_dim": 10,
    "real_target": 0.9,
    "generator_lr": 5e-4,
    "discriminator_lr": 2e-4,
    "networks": "gan10",
}
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "networks": "gan50",
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "wide": {"networks": "gan50", "latent_dim": Unset(50)},
    "mirrored": checks.MIRRORED,
}
HIDDEN = {"gan10": (64, 256, 256, 1024), "gan50": (1024, 1024, 1024)}


def networks(run, value):
    """Weights and biases of each layer."""
    sizes = (run.told["latent_dim"], *HIDDEN[value], run.data.images[0].size)
    shapes = []
    for rows, columns in zip(sizes, sizes[1:], strict=False):
        shapes += [(rows, columns), (columns,)]
    assert built.shapes(run.gan.generator) == shapes


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(GlorotUniform),
        "networks": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "no evaluation": image_checks.not_evaluated,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.perceptron", DEFAULTS, RUNS, CHECKS, FACTS
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
