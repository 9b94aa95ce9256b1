"""What recipes.lapgan builds, flag by flag, of one level."""

import dataclasses
import functools
import math
import pathlib

import numpy as np
from keras.initializers import VarianceScaling

from tests.recipes import (
    built,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks

DEFAULTS = image_checks.DEFAULTS | {
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "levels": 3,
    "level": 0,  # The first of those that are trained.
    "width": 32,
    "units": 1200,
}
OTHERS = {k: v for k, v in image_checks.OTHERS.items() if k != "export"}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "levels": 2,
        "units": 6,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "finest": {"level": 2, "width": 5, "channels": "3"},
    "middle": {"levels": 4, "level": 2, "width": 3, "image_size": 80},
    "mirrored": checks.MIRRORED | {"units": 4},
}


def size_of(run):
    """Pixels of the level's images."""
    return run.told["image_size"] >> run.told["levels"] - 1 - run.told["level"]


def networks(run, _):
    """Perceptrons of z, or convolutions of a plane of it and an image."""
    channels, units = int(run.told["channels"]), run.told["units"]
    width, size = run.told["width"], size_of(run)
    pixels = size * size * channels
    if run.told["level"]:
        generator = [
            *((7, 7, n, width) for n in (1 + channels, width)),
            (5, 5, width, channels),
        ]
        kept = math.ceil((size - 4 - 4) / 2) ** 2 * width
        discriminator = [(5, 5, n, width) for n in (channels, width)]
        discriminator.append((kept, 1))
    else:
        widths = [run.told["latent_dim"], units, units, pixels]
        generator = [*zip(widths, widths[1:], strict=False)]
        widths = [pixels, units // 2, units // 2, 1]
        discriminator = [*zip(widths, widths[1:], strict=False)]
    for name, expected in zip(
        built.PLAYERS, (generator, discriminator), strict=True
    ):
        received = built.shapes(getattr(run.gan, name))
        assert received[::2] == expected, name  # The others are biases.


def image_size(run, value):
    assert value == run.told["image_size"]
    assert run.gan.generator.output_shape[1] == size_of(run)


def latent_dim(run, value):
    """A plane of noise but for the coarsest level."""
    dim = size_of(run) ** 2 if run.told["level"] else value
    assert run.latents(2).shape[1] == dim


def where(run, value):
    folder = pathlib.Path(value) / f"level_{run.told['level']}"
    assert str(run.config.workdir) == str(folder)
    return str(folder)


def record(run):
    """Of the level, in a folder of its own."""
    told = {"workdir": where(run, run.told["workdir"])}
    checks.record(dataclasses.replace(run, told=run.told | told))


def coarse(run):
    """Real images at half their size, as means of four pixels."""
    if not run.told["level"]:
        return
    (batch,) = run.minibatch
    given = run.gan.inputs((batch,), 0)["coarse"]
    side = size_of(run) // 2
    means = batch.reshape(len(batch), side, 2, side, 2, -1).mean((2, 4))
    np.testing.assert_allclose(given, means, atol=1e-6)


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "workdir": where,
        "image_size": image_size,
        "latent_dim": latent_dim,
        "seed": checks.seed(
            functools.partial(VarianceScaling, 1 / 3, "fan_in", "uniform")
        ),
        "levels": lambda run, _: image_size(run, run.told["image_size"]),
        "level": networks,
        "width": networks,
        "units": networks,
    }
)
FACTS = {
    "prior": checks.prior(*checks.UNIFORM),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "coarse images": coarse,
    "no evaluation": image_checks.not_evaluated,
    "record": record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.lapgan",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "export"}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
