"""All metrics together, by a classifier with random weights."""

import dataclasses

import numpy as np
import pytest

from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import (
    classifier,
    measuring,
    parzen,
    sliced_wasserstein,
)
from tfgan_ref.evaluation.extractors.classifier import Classifier
from tfgan_ref.evaluation.extractors.extractor import Features
from tfgan_ref.evaluation.extractors.pixels import Pixels
from tfgan_ref.evaluation.image_source import ImageSource
from tfgan_ref.evaluation.metrics import METRICS

SHAPE = (16, 15, 1)


def images(seed, count, high=256):
    """Bright rows or columns, by their class 0, 1 or 2."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, count)
    pixels = generator.integers(0, high // 2, (count, *SHAPE))
    for image, label in zip(pixels, labels, strict=True):
        image[4 * label : 4 * label + 3] += high // 2
    return pixels.astype(np.uint8), labels


def source(name, pixels, labels=None, batch_size=100):
    def batches():
        for first in range(0, len(pixels), batch_size):
            yield pixels[first : first + batch_size]

    return ImageSource(name, len(pixels), batches, labels)


@pytest.fixture(scope="module")
def extractor(tmp_path_factory):
    path = tmp_path_factory.mktemp("classifiers") / "rows.keras"
    pixels, labels = images(0, 6)
    data = Images("rows", pixels, labels.astype(np.int32), ("a", "b", "c"))
    network = classifier.build(SHAPE, 3)
    classifier.save(network, path, data=data, test_accuracy=0.5, settings={})
    return Classifier(path, SHAPE)


FAKE, REAL, TRAIN = images(1, 210, 200), images(2, 180), images(3, 230)


def measured(extractor, batch_size, names=METRICS, **options):
    fake, real, train = (
        source(name, *made, batch_size)
        for name, made in (("fake", FAKE), ("real", REAL), ("train", TRAIN))
    )
    options = {"train": train} | options
    return measuring.measure(names, fake, real, extractor, **options)


@pytest.fixture(scope="module")
def scores(extractor):
    return measured(extractor, 100, per_class=True, seed=3)


def test_every_metric_has_a_score_by_its_name(scores):
    of_features = {
        "fid",
        "kid",
        "precision",
        "recall",
        "density",
        "coverage",
        "one_nn",
    }
    keys = {f"{name}/classifier" for name in of_features}
    expected = keys | {"ms_ssim_1", "swd", "parzen"}
    expected |= {"copying/classifier", "inception_score/classifier"}
    expected |= {"classes_covered/classifier", "class_entropy/classifier"}
    expected |= {"confidence/classifier", "class_accuracy/classifier"}
    of_classes = keys | {"ms_ssim_1", "class_accuracy/classifier"}
    expected |= {f"{key}/class_{k}" for key in of_classes for k in range(3)}
    assert scores.keys() == expected
    for score in scores.values():
        assert type(score.value) is float and np.isfinite(score.value)
        assert score.error is None or score.error >= 0
        assert len(score.note.splitlines()) <= 1


def test_the_size_of_batches_has_no_influence(extractor, scores):
    assert measured(extractor, 7, per_class=True, seed=3) == scores


def test_the_features_are_what_the_last_layer_is_given(extractor, scores):
    """FID by SciPy, of the whole sets at once."""
    fake, real = (
        extractor(pixels).vectors.astype(np.float64)
        for pixels, _ in (FAKE, REAL)
    )
    assert fake.shape == (210, 128) and fake.min() == 0.0  # After ReLU.

    def fid(a, b):
        first, second = np.cov(a.T), np.cov(b.T)
        roots = np.linalg.eigvals(first @ second).real.clip(0) ** 0.5
        return (
            np.sum((a.mean(0) - b.mean(0)) ** 2)
            + np.trace(first + second)
            - 2.0 * roots.sum()
        )

    def score(name):
        return scores[f"fid/classifier{name}"].value

    assert score("") == pytest.approx(fid(fake, real), rel=1e-3)
    assert score("/class_2") == pytest.approx(
        fid(fake[FAKE[1] == 2], real[REAL[1] == 2]), rel=1e-3
    )
    assert "singular" in scores["fid/classifier/class_2"].note
    assert not scores["fid/classifier"].note


def test_the_diversity_of_classes_is_that_of_all_samples(extractor, scores):
    probabilities = extractor(FAKE[0]).probabilities
    assert scores["confidence/classifier"].value == pytest.approx(
        probabilities.max(1).mean(), rel=1e-4
    )
    covered = len(np.unique(probabilities.argmax(1)))
    assert scores["classes_covered/classifier"].value == covered


def test_the_accuracy_is_of_the_classes_asked_for(extractor, scores):
    pixels, labels = FAKE
    right = extractor(pixels).probabilities.argmax(1) == labels
    assert 0 < right.mean() < 1
    for name, of in {"": right, "/class_1": right[labels == 1]}.items():
        score = scores[f"class_accuracy/classifier{name}"]
        assert score.value == pytest.approx(of.mean())
        error = np.std(of) / np.sqrt(len(of))
        assert score.error == pytest.approx(error)


def test_real_images_are_looked_at_once(extractor):
    passes = []
    pixels, labels = REAL

    def batches():
        passes.append(1)
        yield pixels

    real = ImageSource("real", 180, batches, labels)
    judge = measuring.Judge(["fid", "coverage", "parzen"], real, extractor)
    seen = len(passes)
    for seed in (1, 2):
        fake = source("fake", *images(seed, 170))
        found = judge.measure(fake)
        again = measuring.measure(
            ["coverage", "fid", "parzen"],
            fake,
            source("real", pixels),
            extractor,
        )
        assert found == again
        assert list(found) == [
            "fid/classifier",
            "coverage/classifier",
            "parzen",
        ]
    assert len(passes) == seen <= 2


def test_the_width_of_parzens_windows_is_chosen_on_other_images():
    without = measured(None, 100, ["parzen"], train=None)["parzen"]
    assert "of 18 validation images" in without.note
    given = measured(None, 100, ["parzen"])["parzen"]
    assert "of 230 validation images" in given.note
    assert given == parzen.score(FAKE[0], TRAIN[0], REAL[0])
    apart = parzen.score(FAKE[0], REAL[0][:18], REAL[0][18:])
    assert without == apart


def test_patches_are_of_all_images_where_these_are_few(scores):
    expected = sliced_wasserstein.score(FAKE[0][:180], REAL[0], seed=9)
    assert scores["swd"].value == pytest.approx(expected.value, rel=0.15)


def test_the_table_says_which_is_better():
    for name, metric in METRICS.items():
        assert metric.better in ("lower", "higher", None), name
        assert metric.source
    lower = {n for n, metric in METRICS.items() if metric.better == "lower"}
    assert lower == {"fid", "kid", "swd"}


def test_copies_of_the_training_images_are_found(extractor):
    train = source("train", *TRAIN)
    fake = source("fake", TRAIN[0][50:90], None, 7)
    found = measuring.measure(
        ["copying"], fake, source("real", *REAL), extractor, train=train
    )
    assert found["copying/classifier"].value == 1.0


def test_extractors_have_names_of_their_own():
    found = measured(Pixels(), 100, ["fid", "swd"])
    assert found.keys() == {"fid/pixels", "swd"}


class Broken:
    """Gives what is not finite of a bright image."""

    name, sha256, resize = "broken", None, None

    def __call__(self, images):
        vectors = images.reshape(len(images), -1).astype(np.float32)
        vectors[vectors > 254] = np.nan
        return Features(vectors)


class Named(Pixels):
    """A classifier of two classes."""

    name = "classifier"

    def __call__(self, images):
        half = np.full((len(images), 2), 0.5, np.float32)
        return super().__call__(images)._replace(probabilities=half)


def other(**changes):
    """Sources with another one."""
    pixels, labels = FAKE
    return dataclasses.replace(source("fake", pixels, labels), **changes)


@pytest.mark.parametrize(
    "names, changes, options, message",
    [
        (["fad"], {}, {}, "Metrics are fid, kid, .*Received: 'fad'"),
        (["fid"], {}, {"extractor": None}, "fid needs an extractor"),
        (["copying"], {}, {"train": None}, "copying needs the training images"),
        (["inception_score"], {}, {}, "extractor that classifies.*: pixels$"),
        (["confidence"], {}, {}, "extractor that classifies.*: pixels$"),
        (["class_accuracy"], {}, {}, "classifier of the data.*or pixels$"),
        (
            ["class_accuracy"],
            {"labels": None},
            {"extractor": Named()},
            "class_accuracy is of images of known classes.*Received: fake$",
        ),
        (
            ["class_accuracy"],
            {"labels": np.arange(210) % 3},
            {"extractor": Named()},
            "fake: labels below 2 were expected.*Received: 2$",
        ),
        (["fid"], {}, {"extractor": Broken()}, "finite features .* broken"),
        (["kid"], {"labels": np.zeros(9)}, {}, "210 labels .*Received: 9"),
        (
            ["kid"],
            {"count": 0, "labels": None},
            {},
            "fake: images were expected. Received: none",
        ),
        (
            ["kid"],
            {"count": 9, "labels": None},
            {},
            "9 images .*Received: 100 or more",
        ),
        (
            ["kid"],
            {"batches": lambda: iter([np.zeros((210, 8, 8, 1), np.uint8)])},
            {},
            r"fake: images of shape \[16, 15, 1\] .*Received: \[8, 8, 1\]",
        ),
        (
            ["fid"],
            {"labels": np.arange(210) % 2},
            {"per_class": True},
            "fake: images of the classes 0, 1, 2 .*, as of real. "
            "Received: of 0, 1$",
        ),
        (
            ["fid"],
            {"labels": None},
            {"per_class": True},
            "fake: a label of every image .*Received: none",
        ),
    ],
)
def test_bad_input_is_one_line(names, changes, options, message):
    options = {"extractor": Pixels(), "train": source("t", *TRAIN)} | options
    real = source("real", *REAL)
    with pytest.raises(UserError, match=message) as caught:
        measuring.measure(names, other(**changes), real, **options)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "name, message", [("swd", "7 pixels"), ("ms_ssim", "11 pixels")]
)
def test_images_that_are_too_small_are_known_before(name, message):
    small = source("small", np.zeros((50, 6, 9, 1), np.uint8))
    with pytest.raises(UserError, match=message):
        measuring.Judge([name], small, None)
