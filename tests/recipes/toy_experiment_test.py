"""What recipes.toy builds, flag by flag."""

import functools

import numpy as np
from keras.initializers import Orthogonal, RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    features_checks,
    optimizer_checks,
    point_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset

DEFAULTS = point_checks.DEFAULTS | {
    "train_steps": 400_000,
    "batch_size": 100,
    "latent_dim": 2,
    "generator_lr": 1e-4,
    "discriminator_lr": 1e-4,
    "beta_1": 0.8,
    "game": "non_saturating",
    "divergence": None,
    "networks": "pacgan",
    "minibatch_features": False,
    "minibatch_kernels": 20,
    "minibatch_from_data": False,
    "generator_units": 400,
    "discriminator_units": 200,
}
SMALL = {"generator_units": 3, "discriminator_units": 2}
DATASETS = ["unrolled_paper_ring", "two_gaussians", "gaussian"]
DATASETS += ["unequal_gaussians"]
RUNS = {
    "defaults": {},
    "others": point_checks.OTHERS
    | {
        "game": "minimax",
        "minibatch_features": True,
        "minibatch_kernels": 3,
        "minibatch_from_data": True,
        "generator_units": 5,
        "discriminator_units": 4,
        "real_target": 0.8,
        "simultaneous": True,
        "discriminator_steps": 3,
        "precision": "float32",
    },
    "unrolled_paper": {"networks": "unrolled_paper", "seed": 5, "latent_dim": 3}
    | {"dataset": "unrolled_paper_ring"},
    "features": SMALL | {"minibatch_features": True},
    "mirrored": SMALL | checks.MIRRORED,
    **{
        cost: SMALL | {"game": cost, "dataset": dataset}
        for cost, dataset in zip(
            ["maximum_likelihood", "least_squares", "hinge"],
            DATASETS,
            strict=False,
        )
    },
    **{
        name: SMALL | {"divergence": name, "game": Unset("f_gan")}
        for name in expected.DIVERGENCES
    },
    "f_gan": SMALL
    | {"game": "f_gan", "divergence": "pearson_chi_squared"}
    | {"dataset": DATASETS[-1], "precision": "mixed_bfloat16"},
}


def costs(run, _):
    """Of both players, by the formulas."""
    if run.told["divergence"] is None:
        checks.generator_cost(run, run.told["game"])
        if run.told["game"] in ("least_squares", "hinge"):
            checks.discriminator_cost(run, run.told["game"])
        else:
            checks.real_target(run, run.told["real_target"])
        return
    g, conjugate = expected.DIVERGENCES[run.told["divergence"]]
    of_fake = conjugate(g(expected.FAKE))
    np.testing.assert_allclose(
        run.gan.generator_loss(expected.FAKE), -of_fake, rtol=1e-5
    )
    np.testing.assert_allclose(
        run.gan.discriminator_loss(expected.REAL, expected.FAKE),
        of_fake - g(expected.REAL),
        rtol=1e-5,
    )


def networks(run, _):
    if run.told["networks"] == "unrolled_paper":
        generator, discriminator = (
            built.shapes(getattr(run.gan, player)) for player in built.PLAYERS
        )
        hidden = [(128,), (128, 128), (128,)]
        assert generator == [(3, 128), *hidden, (128, 2), (2,)]
        assert discriminator == [(2, 128), (128,), (128, 1), (1,)]
        return
    units = run.told["generator_units"]
    dimensions = run.data.density.means.shape[1]
    hidden = [(units, units), (units,), (units,), (units,)] * 4
    assert built.shapes(run.gan.generator) == [
        (run.told["latent_dim"], units),
        *hidden[1:],
        (units, dimensions),
        (dimensions,),
    ]
    units = run.told["discriminator_units"]
    layers = [(units, 5 * units), (5 * units,)] * 3
    kernels = run.told["minibatch_kernels"]
    features = run.told["minibatch_features"]
    assert built.shapes(run.gan.discriminator) == [
        (dimensions, 5 * units),
        *layers[1:],
        *([(units, kernels, 5), (kernels, 5), (kernels,)] * features),
        (units + kernels * features, 1),
        (1,),
    ]


def first_weights(run, value):
    """Of the networks' own law."""
    law = {"pacgan": functools.partial(RandomNormal, 0, 0.02)}
    law["unrolled_paper"] = functools.partial(Orthogonal, 0.8)
    checks.seed(law[run.told["networks"]])(run, value)


def from_data(run, is_from_data):
    """Of the first 500 points; else scales and biases are as made."""
    if run.told["minibatch_features"]:
        first = run.data.density.sample(500, [run.told["seed"], -1])
        count = 500 if is_from_data else 20
        features_checks.minibatch_features(
            run, first[:count], is_from_data=is_from_data
        )


UPDATES = optimizer_checks.of_flags(optimizer_checks.adam)
CHECKS = (
    point_checks.CHECKS
    | UPDATES
    | {
        "seed": first_weights,
        "networks": networks,
        "game": costs,
        "divergence": costs,
        "real_target": costs,
        "minibatch_features": networks,
        "minibatch_kernels": networks,
        "minibatch_from_data": from_data,
        "generator_units": networks,
        "discriminator_units": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "constant rates": optimizer_checks.rates_are_constant,
    "record": checks.record,
    "evaluation": point_checks.evaluated_and_drawn,
}


EXPERIMENT = experiment.Experiment(
    "recipes.toy",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried={"workdir", "export"},
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
