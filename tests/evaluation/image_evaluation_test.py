"""The metrics of a GAN in training, and that it does not notice."""

import dataclasses

import keras
import numpy as np
import pytest

from tests import small_images, small_run
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import measuring
from tfgan_ref.evaluation.extractors.extractor import Features
from tfgan_ref.evaluation.extractors.pixels import Pixels
from tfgan_ref.evaluation.image_evaluation import ImageEvaluation
from tfgan_ref.evaluation.image_source import of_images
from tfgan_ref.evaluation.real_images import RealImages
from tfgan_ref.evaluation.real_scores import real_scores
from tfgan_ref.evaluation.result import Evaluation, together
from tfgan_ref.gan import GAN

DATA = small_images.images(1, 90)
REAL = RealImages(DATA, "train", None, 40)


def make_gan(bias=0.0):
    """A generator whose images go beyond [-1, 1], and its average."""
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(
                64,
                kernel_initializer=keras.initializers.RandomNormal(0, 1, 3),
                bias_initializer=keras.initializers.Constant(bias),
            ),
            keras.layers.Reshape((8, 8, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
            keras.layers.Reshape(()),
        ]
    )
    gan = GAN(generator, discriminator, ema_decay=0.5)
    gan.compile("adam", "adam")
    return gan


def test_the_scores_are_those_of_as_many_seeds():
    gan = make_gan()
    # The averaged generator is another one.
    kernel = gan.generator.trainable_variables[0]
    kernel.assign(0 * kernel)
    before = [v.numpy() for v in gan.variables]
    names = ["fid", "recall"]
    received = ImageEvaluation(names, REAL, Pixels())(gan)
    images = np.clip(gan.sample(np.arange(40)).numpy(), -1, 1)
    pixels = np.rint(127.5 * images + 127.5).astype(np.uint8)
    assert pixels.std() > 10 and pixels.min() == 0 and pixels.max() == 255
    fake = small_images.Images("x", pixels, np.full(40, -1))
    wanted = measuring.measure(
        names, of_images(fake), REAL.chosen, Pixels(), train=REAL.train
    )
    halves = real_scores(names, REAL, Pixels())["real"]
    assert received.scalars == pytest.approx(
        {f"eval/{name}": score.value for name, score in wanted.items()}
        | {f"eval/{n}/real": halves[n].value for n in wanted},
        rel=1e-5,
    )
    for variable, value in zip(gan.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


class TellsRows:
    """A classifier that sees which rows of `small_images` are bright."""

    name, sha256, resize = "classifier", None, None

    def __call__(self, images):
        rows = images.reshape(len(images), -1, 2 * images.shape[2]).mean(-1)
        return Features(rows, np.eye(3)[rows[:, :3].argmax(-1)])


def test_conditional_samples_are_of_the_classes_asked_for():
    gan = small_run.make("conditional")
    made = gan.sample(np.arange(40)).numpy()
    real = dataclasses.replace(REAL, data=small_images.images(1, 90, side=28))
    evaluate = ImageEvaluation(["class_accuracy"], real, TellsRows())
    told = TellsRows()(made).probabilities.argmax(-1)
    shares = evaluate(gan).scalars
    assert shares == {
        "eval/class_accuracy/classifier": np.mean(told == np.arange(40) % 3),
        "eval/class_accuracy/classifier/real": 1.0,
    }
    with pytest.raises(UserError, match="samples of a conditional model"):
        evaluate(small_run.make("dcgan"))


def test_data_without_labels_tell_no_accuracy():
    pixels = small_images.images(1, 90).images
    data = small_images.Images("bare", pixels, np.full(90, -1, np.int32))
    with pytest.raises(UserError, match="Received: bare, half of train"):
        ImageEvaluation(
            ["class_accuracy"],
            dataclasses.replace(REAL, data=data),
            TellsRows(),
        )


def test_samples_that_are_no_numbers_are_one_line():
    gan = make_gan(np.nan)
    gan.step.assign(12)
    with pytest.raises(UserError, match="step 12: images in .0, 1. .*nan"):
        ImageEvaluation(["fid"], REAL, Pixels())(gan)


def test_what_scores_are_taken_by_is_told():
    by = Pixels()
    assert ImageEvaluation(["fid"], REAL, by).facts == {
        "extractor": "pixels",
        "sha256": None,
        "resize": None,
        "eval_count": 40,
        "data": DATA.fingerprint,
    }
    assert ImageEvaluation(["swd"], REAL, None).facts["extractor"] is None


def test_several_evaluations_are_one():
    def first(gan):
        return Evaluation({"eval/a": 1.0 + gan}, {"picture": gan})

    def second(gan):
        return Evaluation({"eval/b": 2.0 + gan})

    assert together([]) is None
    assert together([second]) is second
    assert together([first, second])(4) == Evaluation(
        {"eval/a": 5.0, "eval/b": 6.0}, {"picture": 4}
    )
