"""What recipes.original builds, flag by flag."""

import numpy as np
from keras.initializers import RandomUniform

from tests.recipes import built, experiment, image_checks, optimizer_checks
from tests.recipes import flag_checks as checks

UNUSED = {"beta_1"}
DEFAULTS = image_checks.DEFAULTS | {
    "dataset": "mnist",
    "batch_size": 100,
    "train_steps": 125_000,
    "generator_lr": 0.1,
    "discriminator_lr": 0.05,
    "ema_decay": 0.0,
}
OTHERS = {k: v for k, v in image_checks.OTHERS.items() if k not in UNUSED}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "dataset": "fashion_mnist",
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED,
}


def steps(run):
    """In which the momentum rises: 250 epochs."""
    return 250 * max(len(run.data) // run.told["batch_size"], 1)


def of(player):
    """The check of a player's rate, by the updates that it makes."""

    def check(run, rate):
        place = velocity = np.zeros(built.GRADIENTS.shape[1])
        for step, gradient in enumerate(built.GRADIENTS):
            momentum = 0.5 + 0.2 * min(step / steps(run), 1)
            velocity = momentum * velocity - rate * gradient
            place = place + velocity
            received = run.moves[player][step]
            np.testing.assert_allclose(received, place, rtol=1e-4, atol=1e-12)

    return check


def both(run, _):
    for player in built.PLAYERS:
        of(player)(run, run.told[f"{player}_lr"])


def rises(run):
    """To .7."""
    for player in built.PLAYERS:
        optimizer = getattr(run.gan, f"{player}_optimizer")
        assert (optimizer.momentum, optimizer.final) == (0.5, 0.7)
        assert optimizer.steps == steps(run)


def begins_near_the_mean(run):
    bias = run.gan.generator.trainable_variables[-1].numpy()
    means = np.asarray(run.data.images, float).mean(0).ravel() / 255
    np.testing.assert_allclose(
        1 / (1 + np.exp(-bias)), np.clip(means, 1e-7, 1 - 1e-7), atol=1e-6
    )


CHECKS = (
    image_checks.CHECKS
    | {f"{player}_lr": of(player) for player in built.PLAYERS}
    | {"beta_1": both, "seed": checks.seed(lambda: RandomUniform(-0.05, 0.05))}
)
SHARE = 1.000004**-1000
FACTS = {
    "prior": checks.prior("uniform", (-(3**0.5), 2 * 3**0.5)),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "falling rates": optimizer_checks.rates(
        {0: 1.0, 1000: SHARE, 10**5: SHARE**100}, atol=1e-5
    ),
    "momentum": rises,
    "mean": begins_near_the_mean,
    "images": image_checks.stream,
    "no evaluation": image_checks.not_evaluated,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.original",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", *UNUSED}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
