"""What recipes.next_frame builds, flag by flag."""

import numpy as np
from keras.initializers import GlorotUniform

from tests.recipes import (
    built,
    expected,
    experiment,
    image_checks,
    optimizer_checks,
)
from tests.recipes import flag_checks as checks
from tfgan_ref import pictures
from tfgan_ref.data import moving
from tfgan_ref.evaluation.next_frames import NextFrames

# Of images that are not moved, and of noise.
UNUSED = {"image_size", "channels", "augment", "diff_augment", "latent_dim"}
UNUSED |= {"metrics", "extractor", "eval_count", "eval_share", "keep_best"}
WEIGHTS = ("error_weight", "gradient_weight", "gan_weight")
DEFAULTS = image_checks.DEFAULTS | {
    "dataset": "mnist",
    "image_size": None,
    "channels": None,
    "batch_size": 32,
    "generator_lr": 5e-4,
    "discriminator_lr": 2e-4,
    "eval_every": 500,
    "canvas": "32",
    "width": 16,
    "error_weight": 1.0,
    "gradient_weight": 0.0,
    "gan_weight": 0.05,
    "pretrain_steps": 2000,
    "train_steps": 4000,
    "test_split": "test",
}
OTHERS = {k: v for k, v in image_checks.OTHERS.items() if k not in UNUSED}
RUNS = {
    "defaults": {},
    "others": OTHERS
    | {
        "dataset": "fashion_mnist",
        "split": "train",
        "canvas": "28",
        "width": 3,
        "pretrain_steps": 0,
        "real_target": 0.8,
        "simultaneous": False,
        "discriminator_steps": 3,
    },
    "weights": {
        "error_weight": 0.0,
        "gradient_weight": 2.5,
        "gan_weight": 0.0,
        "width": 2,
    },
    "the same split": {"split": "test", "batch_size": 8, "width": 2},
    "another split": {"test_split": "validation", "width": 2},
    "mirrored": checks.MIRRORED | {"width": 2},
}


def networks(run, _):
    """To a quarter of the size and back, with what was halved beside it."""
    w, size = run.told["width"], int(run.told["canvas"])
    shapes = [(5, 5, 4, 2 * w), (5, 5, 2 * w, 4 * w)]
    shapes += [(3, 3, 4 * w, 4 * w)] * 2
    shapes += [(5, 5, 2 * w, 4 * w), (5, 5, w, 4 * w), (5, 5, w + 4, 1)]
    assert built.shapes(run.gan.generator)[::2] == shapes
    assert run.gan.generator.output_shape == (None, size, size, 1)
    judge = expected.dcgan_discriminator(w, 5, (size, size, 5))
    assert built.shapes(run.gan.discriminator) == judge


def weights(run, _):
    assert [getattr(run.gan, x) for x in WEIGHTS] == [
        run.told[x] for x in WEIGHTS
    ]


def canvas(run, value):
    assert run.data.canvas == int(value)
    networks(run, None)


def split(run, value):
    name = run.opened[0][0]
    pixels, _ = experiment.examples(name, value)
    assert run.opened[0][1] == value and run.data.count == len(pixels)
    means = pixels[..., 0].reshape(-1, 14, 2, 14, 2).mean((2, 4))
    received = run.data.digits.images[:][..., 0]
    np.testing.assert_array_equal(received, np.rint(means))


def test_split(run, value):
    """The table is of its first clips, and so is what is measured."""
    told = run.told["split"] if value == run.told["split"] else value
    pixels, _ = experiment.examples(run.told["dataset"], told)
    (table,) = run.gan.examples.get_weights()
    count = min(64, len(pixels))
    size = int(run.told["canvas"])
    assert table.shape == (count, size * size * 4)
    ink = table.reshape(count, -1, 4).sum(1) + size * size
    means = np.rint(pixels[..., 0].reshape(-1, 14, 2, 14, 2).mean((2, 4)))
    wanted = (means[:count] / 127.5).sum((1, 2))
    np.testing.assert_allclose(ink, np.repeat(wanted[:, None], 4, 1), rtol=1e-3)
    assert isinstance(run.evaluate, NextFrames)


test_split.__test__ = False


def unused(run, value):
    assert run.told.get("latent_dim") == 100


def stream(run):
    """Next frames and four before them."""
    assert run.stream is moving.stream
    assert (run.draw, run.sample_count) == (pictures.draw_images, 64)
    following, frames = run.minibatch
    size = int(run.told["canvas"])
    assert following.shape[1:] == (size, size, 1)
    assert frames.shape[1:] == (size, size, 4)


CHECKS = (
    image_checks.CHECKS
    | optimizer_checks.of_flags(optimizer_checks.adam)
    | dict.fromkeys(UNUSED, unused)
    | {
        "seed": checks.seed(GlorotUniform),
        "split": split,
        "fit": image_checks.CHECKS["fit"],
        "canvas": canvas,
        "width": networks,
        "test_split": test_split,
        **dict.fromkeys(WEIGHTS, weights),
        "pretrain_steps": checks.seen(lambda run: run.gan.pretrain_steps),
    }
)
FACTS = {
    "costs": lambda run: checks.generator_cost(run, "non_saturating"),
    "constant rates": optimizer_checks.rates_are_constant,
    "clips": stream,
    "record": checks.record,
}
EXPERIMENT = experiment.Experiment(
    "recipes.next_frame",
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
