"""Classifiers that are made on demand, and found again."""

import dataclasses
import json
import random

import keras
import numpy as np
import pytest

from tests import small_images
from tfgan_ref.data import cache
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier, made_classifier


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache, and few steps."""
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(made_classifier, "_EPOCHS", 2)
    monkeypatch.setattr(made_classifier, "_LEAST_STEPS", 60)
    monkeypatch.setattr(made_classifier, "_BATCH_SIZE", 20)
    return tmp_path / "kept"


@pytest.fixture
def untrained(monkeypatch):
    """What is trained does not matter."""

    def build(data, **how):
        return classifier.build(data.image_shape, 3, how["seed"])

    monkeypatch.setattr(classifier, "train", build)


def find(*given):
    """The file, and what was said."""
    said = []
    return made_classifier.find(*given, said.append), said


def test_a_classifier_is_made_once_in_the_caches_folder(kept, monkeypatch):
    data, test = small_images.images(1, 90), small_images.images(2, 30)
    path, said = find(data, test)
    assert path.parent == kept / "classifiers"
    first, last = said
    # 4 minibatches an epoch, 15 epochs.
    assert "a classifier of bright" in first and "60 steps of 20" in first
    assert str(path) in first
    record = json.loads(path.with_suffix(".json").read_text())
    assert record["sha256"][:12] in last and "30 other images" in last
    assert record["fingerprint"] == data.fingerprint
    network = classifier.load(path).network
    right = network.predict(test.images / 127.5 - 1, verbose=0).argmax(-1)
    accuracy = np.mean(right == test.labels)
    assert record["test_accuracy"] == pytest.approx(accuracy) and accuracy > 0.9
    before = path.read_bytes()
    assert find(data, None) == (path, [])
    assert path.read_bytes() == before
    # Of other images it is another one.
    monkeypatch.setattr(
        classifier, "train", lambda data, **_: classifier.build((8, 8, 1), 3)
    )
    assert find(small_images.images(3, 90), test)[0] != path


def test_a_damaged_one_is_made_anew(untrained):
    data, test = small_images.images(1, 40), small_images.images(2, 20)
    path, _ = find(data, test)
    path.write_bytes(path.read_bytes()[:-1])
    again, said = find(data, test)
    assert again == path and len(said) == 2
    classifier.load(path)


def test_without_a_test_split_a_tenth_is_held_out(monkeypatch, untrained):
    data = small_images.images(1, 57)
    seen = []
    make = made_classifier.make

    def spy(path, train, test, **how):
        seen.extend([train, test])
        return make(path, train, test, **how)

    monkeypatch.setattr(made_classifier, "make", spy)
    path, said = find(data, None)
    assert [len(part) for part in seen] == [52, 5]
    pairs = {
        (image.tobytes(), int(label))
        for part in seen
        for image, label in zip(part.images, part.labels, strict=True)
    }
    assert pairs == {
        (image.tobytes(), int(label))
        for image, label in zip(data.images, data.labels, strict=True)
    }
    record = json.loads(path.with_suffix(".json").read_text())
    assert record["settings"]["test_split"] == "one image in 10"
    assert "of 5 other images" in said[1]


def test_one_of_more_steps_is_another(kept, untrained):
    data, said = small_images.images(1, 90), []
    paths = [
        made_classifier.find(data, None, said.append, least_steps=steps)
        for steps in (None, 84, 84)
    ]
    assert paths[0] != paths[1] == paths[2]
    # Of the nine tenths that it is trained on, 4 minibatches an epoch.
    assert ["60 steps" in said[0], "84 steps" in said[2]] == [True, True]
    assert len(said) == 4


def test_one_of_another_seed_is_another_of_the_same_images(untrained):
    data, said = small_images.images(1, 90), []
    paths = [
        made_classifier.find(data, None, said.append, seed=seed)
        for seed in (0, 7, 7)
    ]
    assert paths[0] == find(data, None)[0] != paths[1] == paths[2]
    seeds = [classifier.load(path).record["settings"] for path in paths[:2]]
    assert [settings["seed"] for settings in seeds] == [0, 7]
    one, other = (classifier.load(path).network for path in paths[:2])
    images = data.images[:4] / 127.5 - 1
    assert not np.allclose(one(images), other(images))
    assert len(said) == 4


def test_nothing_of_this_process_is_touched():
    keras.config.set_dtype_policy("mixed_bfloat16")
    random.seed(3)
    np.random.seed(4)
    before = random.getstate(), np.random.get_state()[1].tolist()
    path, _ = find(small_images.images(1, 40), None)
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    keras.config.set_dtype_policy("float32")
    network = classifier.load(path).network
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}


def test_images_without_labels_are_one_line(kept):
    data = small_images.images(1, 40)
    data = dataclasses.replace(data, labels=np.full(40, -1, np.int32))
    with pytest.raises(UserError, match="bright has no labels.*pixels"):
        find(data, None)
    assert not list((kept / "classifiers").glob("*.keras"))
    few = small_images.images(1, 9)
    with pytest.raises(UserError, match="10 images at least.*Received: 9"):
        find(few, None)


def test_a_folder_that_cannot_be_written_is_one_line(kept):
    kept.write_text("mine")
    with pytest.raises(UserError, match="cannot be kept.*TFGAN_REF_CACHE") as e:
        find(small_images.images(1, 40), None)
    assert len(str(e.value).splitlines()) == 1
    assert cache.folder() == kept and kept.read_text() == "mine"


def test_the_text_of_a_flag_makes_it_or_loads_another(kept, untrained):
    data = small_images.images(1, 40)
    made = made_classifier.extractor("classifier", data, None, list().append)
    assert made.name == "classifier"
    (path,) = (kept / "classifiers").glob("*.keras")
    record = json.loads(path.with_suffix(".json").read_text())
    assert made.sha256 == record["sha256"]
    same = made_classifier.extractor(f"classifier:{path}", data, None)
    assert same.sha256 == made.sha256
    assert made_classifier.extractor("pixels", data, None).name == "pixels"
    other = small_images.images(1, 40, side=12)
    with pytest.raises(UserError, match=r"\[8, 8, 1\].*\[12, 12, 1\]"):
        made_classifier.extractor(f"classifier:{path}", other, None)
