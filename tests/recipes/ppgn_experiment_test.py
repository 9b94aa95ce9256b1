"""What recipes.ppgn builds, flag by flag."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.initializers import RandomNormal

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tfgan_ref.evaluation import classifier, made_classifier

FEATURES = 8
CHAIN = {
    "prior_weight": 1.0,
    "condition_weight": 3.0,
    "noise_weight": 0.2,
    "step_size": 1.0,
    "last_step_size": 1.0,
    "normalized": False,
}
WEIGHTS = {"image_weight": 1.0, "feature_weight": 1.0, "gan_weight": 0.03}
DEFAULTS = (
    image_checks.DEFAULTS
    | CHAIN
    | WEIGHTS
    | {
        "train_steps": 3000,
        "sample_every": 500,
        "generator_lr": 1e-3,
        "discriminator_lr": 2e-4,
        "metrics": "class_accuracy",
        "eval_count": 250,
        "width": 32,
        "units": 512,
        "disturbance": 0.25,
        "chain_steps": 50,
        "test_split": "test",
    }
)
RUNS = {
    "defaults": {},
    "others": {
        k: v for k, v in image_checks.OTHERS.items() if k != "latent_dim"
    }
    | {
        "test_split": "train",
        "width": 3,
        "units": 9,
        "disturbance": 0.75,
        "chain_steps": 2,
        "prior_weight": 0.5,
        "condition_weight": 0.25,
        "noise_weight": 0.125,
        "step_size": 2.0,
        "last_step_size": 0.0,
        "normalized": True,
        "image_weight": 3.0,
        "feature_weight": 5.0,
        "gan_weight": 7.0,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "mirrored": checks.MIRRORED | {"width": 2, "chain_steps": 1},
}


@pytest.fixture(autouse=True)
def _untrained(monkeypatch):
    """Classifiers that were never trained, of their seeds and shapes."""

    def find(data, test, say=None, seed=0):
        return "_".join(map(str, (seed, *data.image_shape)))

    def load(path):
        seed, *shape = map(int, str(path).split("_"))
        keras.utils.set_random_seed(seed)
        images = keras.Input(shape)
        x = layers.Dense(FEATURES, "relu")(layers.Flatten()(images))
        x = layers.Dense(10, name="logits")(x)
        network = keras.Model(images, layers.Softmax()(x))
        return classifier.Classifier(network, {"sha256": str(path)})

    monkeypatch.setattr(made_classifier, "find", find)
    monkeypatch.setattr(classifier, "load", load)


def networks(run, _):
    width, units = run.told["width"], run.told["units"]
    shape = run.data.image_shape
    generator = expected.dcgan_generator(FEATURES, width, 5, shape)
    assert built.shapes(run.gan.generator) == generator
    judge = expected.dcgan_discriminator(width, 5, shape)
    assert built.shapes(run.gan.discriminator) == judge
    half, quarter = units // 2, units // 4
    sizes = [FEATURES, units, half, quarter, half, units, FEATURES]
    pairs = zip(sizes, sizes[1:], strict=False)
    assert built.shapes(run.gan.autoencoder)[::2] == list(pairs)
    assert not built.shapes(run.gan.encoder)


def ema_decay(run, value):
    for name in ("generator", "autoencoder"):
        checks.ema_decay(name)(run, value)


def metrics(run, value):
    """Samples are drawn where chains are short."""
    if value != "class_accuracy":
        image_checks.CHECKS["metrics"](run, value)
        return
    assert run.evaluate._judge._names == ("class_accuracy",)


def asks_another(run):
    """The classifier that measures has other weights than the one that
    steers."""
    size = "_".join(map(str, run.data.image_shape))
    if run.told["extractor"] == "classifier":
        assert run.settings["evaluation"]["sha256"] == f"0_{size}"
    steering = classifier.load(f"1_{size}").network.get_weights()
    for one, other in zip(run.gan.encoder.get_weights(), steering, strict=True):
        np.testing.assert_array_equal(one, other)


def autoencoder_rate(run):
    """The generator's."""
    rate = run.gan.autoencoder_optimizer.learning_rate
    assert float(tf.convert_to_tensor(rate)) == pytest.approx(
        run.told["generator_lr"]
    )


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "latent_dim": checks.seen(lambda run: run.told["latent_dim"]),
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "metrics": metrics,
        "ema_decay": ema_decay,
        "width": networks,
        "units": networks,
        "disturbance": checks.seen(lambda run: run.gan.disturbance),
        "chain_steps": checks.seen(lambda run: run.gan.chain.steps),
        "test_split": checks.seen(lambda run: run.opened[1][1]),
        **{
            name: checks.seen(
                lambda run, name=name: getattr(run.gan.chain, name)
            )
            for name in CHAIN
        },
        **{
            name: checks.seen(lambda run, name=name: getattr(run.gan, name))
            for name in WEIGHTS
        },
    }
)
FACTS = {
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "autoencoder": autoencoder_rate,
    "classifiers": asks_another,
    "images": image_checks.stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.ppgn",
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
