"""What recipes.super_resolution builds, flag by flag."""

import keras
import numpy as np
import pytest
from keras.initializers import GlorotUniform

from tests.recipes import (
    built,
    encoder_checks,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tfgan_ref.evaluation import classifier, made_classifier
from tfgan_ref.evaluation.super_resolution import SuperResolution

DEFAULTS = image_checks.DEFAULTS | {
    "train_steps": 3000,
    "batch_size": 16,
    "generator_lr": 1e-3,
    "discriminator_lr": 2e-4,
    "eval_every": 500,
    "content": "pixels",
    "blocks": 4,
    "width": 32,
    "gan_weight": 1e-3,
    "pretrain_steps": 1000,
    "test_split": "test",
}
RUNS = {
    "defaults": {},
    "others": {
        k: v for k, v in image_checks.OTHERS.items() if k != "latent_dim"
    }
    | {
        "test_split": "train",
        "blocks": 1,
        "width": 3,
        "gan_weight": 0.25,
        "pretrain_steps": 0,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "features": {"content": "features", "width": 2, "gan_weight": 0.0},
    "mirrored": checks.MIRRORED | {"width": 2, "content": "features"},
}


@pytest.fixture(autouse=True)
def _untrained(monkeypatch):
    """A classifier of the data that was never trained."""

    def load(path):
        keras.utils.set_random_seed(2)
        return classifier.Classifier(classifier.build((28, 28, 1), 10), {})

    monkeypatch.setattr(made_classifier, "find", lambda data, test: "made")
    monkeypatch.setattr(classifier, "load", load)


def networks(run, _):
    width, channels = run.told["width"], run.data.image_shape[-1]
    kernels = [(9, 9, channels, width)]
    kernels += [(3, 3, width, width)] * (2 * run.told["blocks"] + 1)
    kernels += [(3, 3, width, 4 * width)] * 2 + [(9, 9, width, channels)]
    found = built.shapes(run.gan.generator)
    assert [
        shape for shape in found if shape[:2] in ((3, 3), (9, 9))
    ] == kernels
    judge = expected.dcgan_discriminator(width, 5, run.data.image_shape)
    assert built.shapes(run.gan.discriminator) == judge


def content(run, value):
    layers = [type(layer).__name__ for layer in run.gan.content.layers]
    assert ("Flatten" in layers) == (value == "pixels")
    assert ("Conv2D" in layers) == (value == "features")
    assert not run.gan.content.trainable_weights


def measured(run, value):
    """Of other images, and so are those that samples are made of."""
    told = value if value != run.told["split"] else run.told["split"]
    assert run.opened[1][1] == told
    (one,) = (
        part
        for part in encoder_checks.parts(run.evaluate)
        if isinstance(part, SuperResolution)
    )
    count = min(64, len(one._originals))
    large = 2 * one._originals[:count] - 1
    size, channels = large.shape[1] // 4, large.shape[-1]
    squares = large.reshape(count, size, 4, size, 4, channels)
    (table,) = run.gan.examples.get_weights()
    means = squares.mean((2, 4)).reshape(count, -1)
    np.testing.assert_allclose(table, means, atol=1e-5)


def unused(run, value):
    assert run.told["latent_dim"] == 100


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "latent_dim": unused,
        "seed": checks.seed(GlorotUniform),
        "content": content,
        "blocks": networks,
        "width": networks,
        "test_split": measured,
        **{
            name: checks.seen(lambda run, name=name: getattr(run.gan, name))
            for name in ("gan_weight", "pretrain_steps")
        },
    }
)
FACTS = {
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.super_resolution",
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
