"""What recipes.unrolled builds, flag by flag."""

import functools

import keras
import numpy as np
from keras.initializers import Orthogonal

from tests.recipes import built, experiment, optimizer_checks, point_checks
from tests.recipes import flag_checks as checks

DEFAULTS = point_checks.DEFAULTS | {
    "train_steps": 25_000,
    "batch_size": 512,
    "latent_dim": 256,
    "generator_lr": 1e-3,
    "discriminator_lr": 3e-4,
    "simultaneous": True,
    "unroll_steps": 5,
    "linear_decay": True,
    "networks": "released",
}
RUNS = {
    "defaults": {},
    "others": point_checks.OTHERS
    | {"unroll_steps": 2, "linear_decay": False, "real_target": 0.8},
    "plain": {"unroll_steps": 0, "latent_dim": 3, "train_steps": 600},
    "mirrored": checks.MIRRORED,
    "paper": {"networks": "paper", "simultaneous": False, "latent_dim": 3}
    | {"dataset": "unrolled_notebook_ring", "seed": 5},
}


def schedule(run, falls):
    """Rates fall to 0 in the last third of the steps."""
    third = run.told["train_steps"] / 3
    factors = {0: 1.0, int(2 * third): 1.0, int(2.5 * third): 0.5}
    factors |= {int(2.9 * third): 0.1, run.told["train_steps"]: 0.0}
    if falls:
        # A step later, by what the last digit of a whole step is worth.
        optimizer_checks.rates(factors, atol=1 / third)(run)
    else:
        optimizer_checks.rates(dict.fromkeys(factors, 1.0))(run)


def unroll_steps(run, value):
    assert type(run.gan).__name__ == "UnrolledGAN"
    assert run.gan.unroll_steps == value


def networks(run, value):
    latent_dim, hidden = run.told["latent_dim"], [(128,), (128, 128), (128,)]
    generator = [(latent_dim, 128), *hidden, (128, 2), (2,)]
    assert built.shapes(run.gan.generator) == generator
    paper = value == "paper"
    discriminator = [(2, 128), *hidden[: 1 if paper else 3], (128, 1), (1,)]
    assert built.shapes(run.gan.discriminator) == discriminator
    # Of tanh no unit is 0; half of those of ReLU are.
    points = np.random.default_rng(0).normal(size=(50, 2)).astype("float32")
    layers = run.gan.discriminator.layers
    units = np.array(keras.Model(layers[0].output, layers[-3].output)(points))
    assert (np.mean(units == 0) > 0.2) == paper


def first_weights(run, value):
    """Of the gain that goes with the networks."""
    gain = {"released": 1.4, "paper": 0.8}[run.told["networks"]]
    checks.seed(functools.partial(Orthogonal, gain))(run, value)


def record(run):
    """How long it is trained may not change where rates depend on it."""
    checks.record(run, {"train_steps"} if run.told["linear_decay"] else ())


CHECKS = (
    point_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": first_weights,
        "networks": networks,
        "unroll_steps": unroll_steps,
        "linear_decay": schedule,
        "train_steps": checks.CHECKS["train_steps"],
    }
)
FACTS = {
    "prior": checks.prior(*checks.NORMAL),
    "record": record,
    "evaluation": point_checks.evaluated_and_drawn,
    "schedule": lambda run: schedule(run, run.told["linear_decay"]),
    "zero-sum": lambda run: checks.generator_cost(run, "minimax"),
}
EXPERIMENT = experiment.Experiment(
    "recipes.unrolled",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried={"workdir", "export", "discriminator_steps"},  # One of each.
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
