"""What recipes.pix2pix builds, flag by flag."""

import functools
import inspect
import types

import numpy as np
import pytest
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    encoder_checks,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tfgan_ref.data import degradations
from tfgan_ref.evaluation import translation

DEFAULTS = image_checks.DEFAULTS | {
    "batch_size": 16,
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "pair": "edges",
    "test_split": "test",
    "kid_extractor": None,
    "receptive_field": "16",
    "width": 32,
    "dropout": 0.5,
    "l1_weight": 100.0,
    "gan_weight": 1.0,
}
OTHERS = {k: v for k, v in image_checks.OTHERS.items() if k != "latent_dim"}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "pair": "mask",
        "test_split": "train",
        "kid_extractor": "pixels",
        "receptive_field": "70",
        "width": 3,
        "dropout": 0.25,
        "l1_weight": 7.0,
        "gan_weight": 2.0,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "l1": {"gan_weight": 0.0, "width": 2, "pair": "lowres"},
    "mirrored": checks.MIRRORED | {"width": 2},
}


def channels(run):
    """Of sources and of images."""
    images = int(run.told["channels"])
    return 1 if run.told["pair"] in ("edges", "grey") else images, images


def generator(run, _):
    """Halved five times, with as many channels as the widest had."""
    width, (given, made) = run.told["width"], channels(run)
    maps = [width * n for n in (1, 2, 4, 8, 8)]
    pairs = zip([given, *maps], maps, strict=False)
    expected = [(4, 4, *pair) for pair in pairs]
    # Two of the same below, and beside: what is halved, and what was.
    below = [maps[-1], *(2 * n for n in maps[-2::-1])]
    above = [*maps[-2::-1], made]
    expected += [(4, 4, *pair) for pair in zip(above, below, strict=True)]
    kernels = [x for x in built.shapes(run.gan.generator) if len(x) == 4]
    assert kernels == expected


def discriminator(run, _=None):
    """The more it halves, the more a patch is of."""
    width, given = run.told["width"], sum(channels(run))
    ends = {"16": [1, 2], "70": [1, 2, 4, 8]}[run.told["receptive_field"]]
    maps = [given, *(width * n for n in ends), 1]
    kernels = [x for x in built.shapes(run.gan.discriminator) if len(x) == 4]
    assert kernels == [
        (4, 4, *pair) for pair in zip(maps, maps[1:], strict=False)
    ]


def pair(run, value):
    """Sources are made of their targets, and mirrored with them."""
    targets, sources = map(image_checks.pixels, run.minibatch)
    made = degradations.KINDS[value](targets)
    np.testing.assert_array_equal(sources, made)
    assert run.data.facts["pair"] == value


def test_split(run, value):
    """Of it is what samples are made of, and what is measured."""
    assert [split for _, split, _ in run.opened] == [
        run.told["split"],
        value,
    ]
    (table,) = run.gan.targets.get_weights()
    pixels = image_checks.pixels(table)
    known, _ = experiment.examples(run.opened[1][0], value)
    assert len(pixels) == min(64, len(known))
    if run.told["image_size"] == known.shape[1] == 28 and channels(run)[1] == 1:
        rows = {x.tobytes() for x in known}
        assert {x.tobytes() for x in pixels} <= rows


test_split.__test__ = False


@pytest.fixture(autouse=True)
def _prepared(monkeypatch):
    """No classifier is made; which evaluations would have one is kept."""
    monkeypatch.setattr(
        translation.Translation, "prepare", lambda self: PREPARED.append(self)
    )


PREPARED = []


def kid_extractor(run, value):
    """A classifier is made when it is needed."""
    (one,) = (
        one
        for one in encoder_checks.parts(run.evaluate)
        if isinstance(one, translation.Translation)
    )
    assert one in PREPARED
    names = inspect.getclosurevars(one._load).nonlocals
    if value is None:
        assert names["text"] == "classifier"
    else:
        assert one._load().name == value


def dropout(run, value):
    rates = {part.rate for part in run.gan.prior.parts.values()}
    assert rates == {value}
    assert run.gan.prior.parts.keys() == {"mask_2", "mask_4", "mask_8"}


def augment(run, value):
    """Of targets; `pair` looks at the sources."""
    targets, _ = run.minibatch
    image_checks.augment(
        types.SimpleNamespace(minibatch=(targets,), data=run.data), value
    )


def weight(name):
    return checks.seen(lambda run: getattr(run.gan, name))


def metrics(run, value):
    """Beside those of translation."""
    if value is None:
        assert "evaluation" not in run.settings
    else:
        assert len(encoder_checks.parts(run.evaluate)) == 2


def stream(run):
    """Minibatches are of targets and sources."""
    targets, sources = run.minibatch
    assert {x.tobytes() for x in image_checks.pixels(targets)} <= (
        image_checks.known(run).keys()
    )
    assert sources.shape[:3] == targets.shape[:3]


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "latent_dim": lambda run, value: None,  # None is taken.
        "discriminator_steps": checks.seen(
            lambda run: run.gan.minibatches_per_step
        ),
        "metrics": metrics,
        "augment": augment,
        "pair": pair,
        "test_split": test_split,
        "kid_extractor": kid_extractor,
        "receptive_field": discriminator,
        "width": generator,
        "dropout": dropout,
        "l1_weight": weight("l1_weight"),
        "gan_weight": weight("gan_weight"),
    }
)
FACTS = {
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "discriminator": discriminator,
    "pairs": stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.pix2pix",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried=frozenset({"workdir", "latent_dim"}),
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
