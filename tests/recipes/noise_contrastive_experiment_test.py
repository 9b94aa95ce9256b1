"""What recipes.noise_contrastive builds, flag by flag."""

import keras
import numpy as np
import pytest
from absl import flags
from keras.initializers import RandomNormal

from tests.recipes import alone, built, experiment, point_checks
from tests.recipes import flag_checks as checks
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation.density_errors import DensityErrors
from tfgan_ref.models.noise_contrastive import ESTIMATORS

UNUSED = {"latent_dim", "ema_decay", "eval_samples", "real_target"}
DEFAULTS = point_checks.DEFAULTS | {
    "dataset": "unequal_gaussians",
    "train_steps": 5000,
    "batch_size": 512,
    "generator_lr": 1e-3,
    "discriminator_lr": 1e-3,
    "beta_1": 0.9,
    "simultaneous": True,
    "units": 64,
    "cells": None,
}
OTHERS = {k: v for k, v in point_checks.OTHERS.items() if k not in UNUSED}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "dataset": "grid",
        "simultaneous": False,
        "discriminator_steps": 2,
        "units": 6,
        "cells": 200,
        "precision": "float32",
    },
    "bfloat16": {"precision": "mixed_bfloat16", "units": 4},
    "mirrored": checks.MIRRORED | {"units": 3, "dataset": "two_gaussians"},
}
# The box of each data set: the farthest mean, and five deviations more.
HALF = {"unequal_gaussians": 5.5, "grid": 4.25, "two_gaussians": 4.5}


def dimensions(run):
    return 2 if run.told["dataset"] == "grid" else 1


def networks(run, units):
    for name in ESTIMATORS.values():
        assert built.shapes(getattr(run.gan, name)) == [
            (dimensions(run), units),
            (units,),
            (units, units),
            (units,),
            (units, 1),
            (1,),
        ]


def cells(run, value):
    assert run.gan.cells == value or {1: 2048, 2: 256}[dimensions(run)]
    half = HALF[run.told["dataset"]]
    assert run.gan.half_width == pytest.approx(half)
    drawn = run.gan.sample(np.arange(200)).numpy()
    assert 0.9 * half < abs(drawn).max() <= half


def strategy(run, value):
    density = run.gan.discriminator
    for owner in (density, run.gan.discriminator_optimizer):
        mirrored = hasattr(owner.variables[0].value, "values")
        assert mirrored == (value == "mirrored")


def precision(run, value):
    hidden = run.gan.discriminator.get_layer(index=2)
    assert hidden.compute_dtype == value.removeprefix("mixed_")
    assert {x.dtype for x in run.gan.trainable_variables} == {"float32"}


def seed(run, value):
    keras.utils.set_random_seed(value)
    received = np.array(run.gan.discriminator.trainable_variables[0])
    wanted = RandomNormal(stddev=8.0)(received.shape)
    np.testing.assert_allclose(received, wanted, atol=1e-6)
    assert run.gan.seed == run.config.seed == value


def rate(*names):
    def check(run, value):
        for name in names:
            found = getattr(run.gan, f"{name}_optimizer").learning_rate
            found = float(keras.ops.convert_to_numpy(found))
            assert found == pytest.approx(value)

    return check


def beta_1(run, value):
    for name in ESTIMATORS.values():
        assert getattr(run.gan, f"{name}_optimizer").beta_1 == value


def latents(run, _):
    assert run.gan.prior.dim == dimensions(run)


def evaluated(run, _):
    assert isinstance(run.evaluate, DensityErrors)


CHECKS = point_checks.CHECKS | {
    "strategy": strategy,
    "precision": precision,
    "seed": seed,
    "generator_lr": rate("self_contrast", "likelihood"),
    "discriminator_lr": rate("discriminator"),
    "beta_1": beta_1,
    "units": networks,
    "cells": cells,
    "latent_dim": latents,
    "eval_samples": evaluated,
}
FACTS = {
    "prior": checks.prior(*checks.UNIFORM),
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.noise_contrastive",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "export", *UNUSED}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()


def test_a_grid_that_does_not_see_the_data_is_refused(tmp_path):
    with alone.imported("recipes.noise_contrastive") as module:
        flags.FLAGS(
            ["x", f"--workdir={tmp_path / 'w'}", "--dataset=ring"]
            + ["--cells=100", "--units=2"]
        )
        with pytest.raises(UserError, match="--cells must be more.*100 cells"):
            module.main()
    assert not list(tmp_path.iterdir())
