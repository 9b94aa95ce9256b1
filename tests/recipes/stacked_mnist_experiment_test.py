"""What recipes.stacked_mnist builds, flag by flag."""

import functools

import numpy as np
import pytest
import tensorflow as tf
from keras.initializers import RandomNormal
from PIL import Image

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tests.recipes.experiment import Unset
from tfgan_ref.data import stacked_mnist
from tfgan_ref.evaluation import classifier

DEFAULTS = image_checks.DEFAULTS | {
    "dataset": "mnist",
    "generator_lr": 2e-4,
    "discriminator_lr": 2e-4,
    "train_steps": 100_000,
    "width": 64,
    "networks": "dcgan",
    "count": 128_000,
    "classifier": None,
    "eval_samples": 26_000,
}
RUNS = {
    "defaults": {},
    "others": image_checks.OTHERS
    | {
        "dataset": "kmnist",
        "channels": "1",
        "count": 40,
        "width": 5,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "grey": {
        "dataset": "svhn_cropped",
        "channels": "1",
        "image_size": Unset(32),
        "width": 3,
    },
    "deep": {"networks": "deep", "width": 2, "simultaneous": Unset(False)},
    "released": {
        "networks": "released",
        "width": 3,
        "simultaneous": Unset(False),
    },
    "counted": {"classifier": "c.keras", "width": 1},
    "fewer": {
        "classifier": "d.keras",
        "eval_every": 8,
        "eval_samples": 1000,
        "width": 1,
    },
    "mirrored": checks.MIRRORED | {"width": 3},
}


class Sevens:
    """A classifier that sees sevens, and says of how many images."""

    input_shape = (None, 28, 28, 1)
    output_shape = (None, 10)

    def __init__(self, path):
        self.path, self.seen = str(path), tf.Variable(0)

    def __call__(self, images, training):
        self.seen.assign_add(images.shape[0])
        return tf.one_hot([7] * images.shape[0], 10)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """100 images are stacked at the most; every classifier sees sevens."""
    stack = stacked_mnist.stack

    def stack_few(digits, *, seed, count):
        data = stack(digits, seed=seed, count=min(count, 100))
        object.__setattr__(data, "asked", count)
        return data

    def load(path):
        return classifier.Classifier(Sevens(path), {})

    monkeypatch.setattr(stacked_mnist, "stack", stack_few)
    monkeypatch.setattr(classifier, "load", load)


def networks(run, _):
    told, shape = run.told, (*run.data.image_shape[:2], 3)
    if told["networks"] != "dcgan":
        return deep(run, told["width"])
    assert built.shapes(run.gan.generator) == expected.dcgan_generator(
        told["latent_dim"], told["width"], 5, shape
    )
    assert built.shapes(run.gan.discriminator) == expected.dcgan_discriminator(
        told["width"], 5, shape
    )


def deep(run, width):
    """Four convolutions of 5 x 5, from and to 2 x 2 maps."""
    maps = [width, 2 * width, 4 * width, 8 * width]
    kernels = [x for x in built.shapes(run.gan.discriminator) if len(x) == 4]
    assert [kernel[3] for kernel in kernels] == maps
    steps = {turn.name: turn.repeats for turn in run.gan.turns()}
    assert steps == {"discriminator": 1, "generator": 2}
    kinds = [type(layer).__name__ for layer in run.gan.generator.layers]
    assert ("Rescaling" in kinds) == (run.told["networks"] == "released")


def stacked(run, _):
    """Three grey images for each, with replacement, by the seed."""
    pixels, labels = experiment.examples(run.told["dataset"], run.told["split"])
    if pixels.shape[-1] == 3:
        grey = [np.asarray(Image.fromarray(x).convert("L")) for x in pixels]
        pixels = np.array(grey)[..., None]
    chosen = np.random.default_rng(run.told["seed"]).integers(
        len(pixels), size=(len(run.data), 3)
    )
    modes = labels[chosen] @ [100, 10, 1]
    np.testing.assert_array_equal(run.data.labels, modes)
    if run.data.image_shape[:2] == pixels.shape[1:3]:
        images = np.moveaxis(pixels[chosen][..., 0], 1, -1)
        np.testing.assert_array_equal(run.data.images, images)


@functools.cache
def evaluated(run):
    """The scalars, whose classifier saw to it, and how many images."""
    scalars = run.evaluate(run.gan).scalars
    return scalars, run.evaluate._network.path, int(run.evaluate._network.seen)


def classifies(run, path):
    """One mode, 777, as it says."""
    if path is None:
        image_checks.not_evaluated(run)
        return
    scalars, seen_by, _ = evaluated(run)
    assert seen_by == path
    assert scalars == {
        "eval/modes_captured": 1.0,
        "eval/reverse_kl": pytest.approx(np.log(1000)),
    }


def eval_samples(run, count):
    """Three digits of each."""
    if run.told["classifier"] is not None:
        assert evaluated(run)[2] == 3 * count


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | {
        "seed": checks.seed(functools.partial(RandomNormal, 0, 0.02)),
        "width": networks,
        "networks": networks,
        "count": checks.seen(lambda run: run.data.asked),
        "split": stacked,
        "channels": stacked,
        "classifier": classifies,
        "eval_samples": eval_samples,
    }
)
FACTS = {
    "prior": checks.prior(*checks.UNIFORM),
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "images": image_checks.stream,
    "stack": lambda run: stacked(run, None),
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.stacked_mnist",
    DEFAULTS,
    RUNS,
    CHECKS,
    FACTS,
    untried={"workdir", "channels"},  # Digits are grey.
)
(
    test_what_is_built,
    test_other_flags_are_as_by_default,
    test_no_flag_is_left_out,
) = EXPERIMENT.tests()
