"""What recipes.feature_matching builds, flag by flag."""

import functools

import numpy as np
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    label_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset
from tfgan_ref.layers import noise

DEFAULTS = (
    image_checks.DEFAULTS
    | label_checks.DEFAULTS
    | {
        "train_steps": 36_000,
        "batch_size": 100,
        "generator_lr": 3e-3,
        "discriminator_lr": 3e-3,
        "simultaneous": False,
        "ema_decay": 0.0,
        "discriminator_ema_decay": 0.9999,
        "eval_every": 3000,
        "sample_every": 3000,
        "checkpoint_every": 3000,
        "labels": 100,
        "networks": "mlp",
        "supervised": False,
        "matching": True,
        "game": "minimax",
        "steps_per_execution": 10,
    }
)
COLOUR = {"image_size": Unset(32), "channels": Unset("3")}
SLOWER = {"generator_lr": Unset(3e-4), "discriminator_lr": Unset(3e-4)}
CONVOLUTIONAL = (
    COLOUR
    | SLOWER
    | {"labels": 20, "batch_size": 12, "steps_per_execution": Unset(1)}
)
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "dataset": "cifar10",
        "split": "train",
        "labels": 20,
        "label_seed": 4,
        "test_split": "train",
        "discriminator_ema_decay": 0.8,
        "eval_every": 8,
        "networks": "mlp",  # Else cifar10.
        "discriminator_steps": 3,
        "precision": "float32",
    },
    "supervised": {
        "supervised": True,
        "image_size": 14,
        "channels": "3",
        "split": "test",
        "labels": 10,
        "batch_size": 12,
        "precision": "mixed_bfloat16",
    },
    "cifar10": CONVOLUTIONAL
    | {"dataset": "cifar10", "networks": Unset("cifar10")},
    "svhn": CONVOLUTIONAL
    | {"dataset": "svhn_cropped", "networks": Unset("svhn")},
    "plain": {"matching": False},
    "non_saturating": {"matching": False, "game": "non_saturating"},
    "mirrored": checks.MIRRORED,
}
WIDTHS = {"cifar10": (96, 192), "svhn": (64, 128)}


def networks(run, name):
    """As many parameters, and how far the mean features are apart."""
    sizes = [
        sum(map(np.prod, built.shapes(network)))
        for network in (run.gan.generator, run.gan.discriminator)
    ]
    latent_dim, shape = run.told["latent_dim"], run.data.image_shape
    if name == "mlp":
        wanted = expected.improved_mlp(latent_dim, np.prod(shape))
    else:
        wanted = expected.improved_conv(latent_dim, *WIDTHS[name])
    assert sizes == wanted
    if run.told["supervised"] or not run.told["matching"]:
        return
    real, fake = np.array([1.0, -2.0, 3.0]), np.array([1.5, 2.0, 3.0])
    apart = {"mlp": (0.5**2 + 4**2) / 3}.get(name, (0.5 + 4) / 3)
    np.testing.assert_allclose(run.gan.distance(real, fake), apart, rtol=1e-6)


def supervised(run, value):
    kind = "FeatureMatchingGAN" if run.told["matching"] else "SemiSupervisedGAN"
    kind = "SupervisedBaseline" if value else kind
    assert type(run.gan).__name__ == kind


def matching(run, _):
    """Else the game's cost of the logits of samples."""
    supervised(run, run.told["supervised"])
    if not run.told["matching"]:
        checks.generator_cost(run, run.told["game"])


def begins_from_data(run):
    """The logits of the first 500 images have mean 0 and variance 1."""
    if run.told["precision"] != "float32":
        return
    with noise.seeded([run.told["seed"], -1]):
        logits = run.gan.discriminator(
            run.data.images[:500] / np.float32(127.5) - 1, training=True
        )
    np.testing.assert_allclose(np.mean(logits, 0), 0.0, atol=1e-4)
    np.testing.assert_allclose(np.std(logits, 0), 1.0, rtol=1e-4)


def schedule(run):
    """min(3 - epoch / 400, 1) for CIFAR-10, with 300 for SVHN."""
    third = {"cifar10": 400, "svhn": 300}.get(run.told["networks"])
    if third is None:
        optimizer_checks.rates_are_constant(run)
        return
    epoch = len(run.data) // run.told["batch_size"]
    steps = {0: 1.0, 2 * third * epoch: 1.0, 3 * third * epoch: 0.0}
    middle = int(2.5 * third * epoch)
    steps |= {middle: 0.5, middle + epoch - 1: 0.5}
    optimizer_checks.rates(steps | {middle + epoch: 0.5 - 1 / third})(run)


def adam(gradients, rate, told):
    return expected.adam(gradients, rate, told["beta_1"], outer=0.0, inner=1e-8)


STDDEVS = {"mlp": 0.1, "cifar10": 0.05, "svhn": 0.05}
CHECKS = (
    image_checks.CHECKS
    | label_checks.CHECKS
    | optimizer_checks.of_flags(adam)
    | {
        "seed": lambda run, value: checks.seed(
            functools.partial(RandomNormal, 0, STDDEVS[run.told["networks"]])
        )(run, value),
        "networks": networks,
        "supervised": supervised,
        "matching": matching,
        "game": matching,
    }
)
FACTS = {
    "prior": checks.prior(*checks.UNIT_UNIFORM),
    "from data": begins_from_data,
    "schedule": schedule,
    "stream": label_checks.stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.feature_matching",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    # They are refused.
    untried={"workdir", "simultaneous", "real_target"},
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
