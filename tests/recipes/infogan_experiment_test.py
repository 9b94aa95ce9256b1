"""What recipes.infogan builds, flag by flag."""

import functools

import numpy as np
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    category_checks,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks

DEFAULTS = image_checks.DEFAULTS | {
    "train_steps": 5000,
    "batch_size": 128,
    "latent_dim": 62,
    "generator_lr": 1e-3,
    "discriminator_lr": 2e-4,
    "simultaneous": False,
    "categories": 10,
    "codes": 2,
    "width": 64,
    "information": 1.0,
}
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "categories": 3,
        "codes": 4,
        "width": 2,
        "information": 0.25,
        "real_target": 0.8,
        "simultaneous": True,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"width": 2},
}


def networks(run, _):
    """The released ones: widths are multiples of one."""
    told, width = run.told, run.told["width"]
    size, _, channels = run.data.image_shape
    given = told["latent_dim"] + told["categories"] + told["codes"]
    plane = (size // 4) ** 2 * 2 * width

    def normalized(kernel, units):
        return [kernel, (units,), (units,)]

    assert built.shapes(run.gan.generator) == [
        *normalized((given, 16 * width), 16 * width),
        *normalized((16 * width, plane), plane),
        *normalized((4, 4, width, 2 * width), width),
        *[(4, 4, channels, width), (channels,)],
    ]
    heads = [
        ((inputs, units), (units,))
        for inputs, units in (
            (16 * width, 1),
            (2 * width, told["categories"]),
            (2 * width, told["codes"]),
        )
    ]
    assert sorted(built.shapes(run.gan.discriminator)) == sorted(
        [
            *[(4, 4, channels, width), (width,)],
            *normalized((4, 4, width, 2 * width), 2 * width),
            *normalized((plane, 16 * width), 16 * width),
            *normalized((16 * width, 2 * width), 2 * width),
            *(shape for head in heads for shape in head),
        ]
    )


def prior(run):
    """One category of each row, and U(-1, 1) of all else."""
    drawn = run.gan.rows(run.gan.prior.draw, 3000, 0)
    sizes = {name: x.shape[1] for name, x in drawn.items()}
    told = run.told
    assert sizes == {
        "latents": told["latent_dim"],
        "category": told["categories"],
        "code": told["codes"],
    }
    shares = np.mean(drawn["category"], 0)
    np.testing.assert_allclose(shares, 1 / told["categories"], atol=0.03)
    for name in ("latents", "code"):
        assert np.abs(drawn[name]).max() <= 1
        np.testing.assert_allclose(np.std(drawn[name]), 3**-0.5, rtol=0.05)


def adam(gradients, rate, told):
    """Epsilon is as released."""
    return expected.adam(gradients, rate, told["beta_1"], outer=1e-8)


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "latent_dim": networks,
        "categories": networks,
        "codes": networks,
        "width": networks,
        "information": checks.seen(lambda run: run.gan.information),
    }
)
FACTS = {
    "prior": prior,
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "evaluation": lambda run: category_checks.evaluation(run, "test"),
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.infogan", DEFAULTS, RUNS, CHECKS, FACTS
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
