"""What recipes.catgan builds, flag by flag."""

import math

from keras.initializers import LecunNormal

from tests.recipes import (
    built,
    category_checks,
    experiment,
    image_checks,
    label_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks

DEFAULTS = (
    image_checks.DEFAULTS
    | label_checks.DEFAULTS
    | {
        "batch_size": 100,
        "latent_dim": 128,
        "generator_lr": 2e-4,
        "discriminator_lr": 2e-4,
        "labels": None,
        "discriminator_ema_decay": 0.0,
        "categories": 20,
        "label_weight": 1.0,
        "units": 1000,
    }
)
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "test_split": "train",
        "discriminator_ema_decay": 0.8,
        "categories": 3,
        "units": 8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "labels": {
        "labels": 20,
        "label_seed": 4,
        "label_weight": 0.25,
        "units": 9,
        "batch_size": 12,
        "eval_every": 8,
    },
    "mirrored": checks.MIRRORED | {"units": 4},
}


def networks(run, _):
    """Perceptrons of three and of five hidden layers."""
    units, pixels = run.told["units"], math.prod(run.data.image_shape)
    outputs = 10 if run.told["labels"] else run.told["categories"]
    for player, widths in {
        "generator": [run.told["latent_dim"], units // 2, units // 2, units]
        + [pixels],
        "discriminator": [pixels, units, units // 2, *[units // 4] * 3]
        + [outputs],
    }.items():
        pairs = list(zip(widths, widths[1:], strict=False))
        shapes = [s for a, b in pairs for s in ((a, b), (b,), (b,))]
        # The last has a bias alone.
        assert built.shapes(getattr(run.gan, player)) == shapes[:-1], player


def label_weight(run, value):
    if run.told["labels"]:
        assert run.gan.label_weight == value
    else:
        assert type(run.gan).__name__ == "CatGAN"


def evaluation(run, split):
    if run.told["labels"]:
        label_checks.evaluation(run, split)
    else:
        category_checks.evaluation(run, split)


CHECKS = (
    image_checks.CHECKS
    | label_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(LecunNormal),
        "categories": networks,
        "units": networks,
        "label_weight": label_weight,
        "test_split": evaluation,
    }
)
FACTS = {
    "prior": checks.prior(*checks.UNIT_UNIFORM),
    "constant rates": optimizer_checks.rates_are_constant,
    "stream": label_checks.stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.catgan",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "real_target"}),  # The second is refused.
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
