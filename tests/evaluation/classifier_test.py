import dataclasses
import hashlib
import json
import pathlib
import resource

import keras
import numpy as np
import pytest

from tfgan_ref import provenance
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier


def bars(count, name="bars"):
    """Class 0: a bright row, 1: a bright column, 2: a bright rectangle."""
    generator = np.random.default_rng(count)
    labels = generator.integers(0, 3, count).astype(np.int32)
    images = generator.integers(0, 60, (count, 9, 9, 2)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        place = generator.integers(1, 6)
        if label == 0:
            image[place] = 255
        elif label == 1:
            image[:, place] = 255
        else:
            image[place : place + 3, 2:7] = 255
    return Images(name, images, labels, ("row", "column", "rectangle"))


@pytest.fixture(scope="module")
def network():
    return classifier.train(bars(600), epochs=6, batch_size=32, seed=3)


@pytest.fixture
def saved(tmp_path, network):
    path = tmp_path / "made" / "bars.keras"
    classifier.save(
        network,
        path,
        data=bars(600),
        test_accuracy=0.875,
        settings={"epochs": 6},
    )
    return path


def test_a_file_is_a_function_of_the_training_alone(saved, tmp_path):
    # Other layers and objects were made in this process since.
    again = classifier.train(bars(600), epochs=6, batch_size=32, seed=3)
    path = tmp_path / "again.keras"
    classifier.save(
        again, path, data=bars(600), test_accuracy=0.5, settings={"epochs": 9}
    )
    assert path.read_bytes() == saved.read_bytes()
    images = bars(20).images / np.float32(127.5) - 1
    np.testing.assert_array_equal(
        classifier.load(path).network(images), again(images)
    )


def assert_refused(path, *parts):
    with pytest.raises(UserError) as caught:
        classifier.load(path)
    assert len(str(caught.value).splitlines()) == 1
    for part in parts:
        assert str(part) in str(caught.value)


# Training.


def test_it_learns_what_bars_are_and_tells_them_in_other_images(network):
    assert classifier.accuracy(network, bars(200)) > 0.95


def test_accuracy_is_the_share_of_the_labels_that_are_right(network):
    data = bars(50)
    right = classifier.accuracy(network, data) * 50
    labels = data.labels.copy()
    labels[:20] = (labels[:20] + 1) % 3
    found = network(data.images[:20] / 127.5 - 1.0, training=False).numpy()
    was_right = np.sum(found.argmax(-1) == data.labels[:20])
    now_right = np.sum(found.argmax(-1) == labels[:20])
    wrong = dataclasses.replace(data, labels=labels)
    assert classifier.accuracy(network, wrong) == pytest.approx(
        (right - was_right + now_right) / 50
    )


def test_the_network_gives_probabilities(network):
    images = bars(20).images / 127.5 - 1.0
    probabilities = network(images, training=False).numpy()
    assert probabilities.shape == (20, 3)
    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(-1), 1, rtol=1e-5)


def test_the_seed_decides_about_the_network():
    def weights(network):
        return np.concatenate([np.ravel(w) for w in network.get_weights()])

    def trained():
        return classifier.train(bars(64), epochs=1, batch_size=32, seed=5)

    np.testing.assert_allclose(
        weights(trained()), weights(trained()), atol=1e-5
    )
    one, other = (classifier.build((4, 4, 1), 2, seed) for seed in (5, 6))
    assert np.abs(weights(one) - weights(other)).max() > 0.01


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 5, 3)])
def test_any_image_shape_will_do(shape):
    network = classifier.build(shape, 4)
    assert network(np.zeros((2, *shape))).shape == (2, 4)


# The labels.


@pytest.mark.parametrize(
    "labels, names, message",
    [
        ([-1, -1], (), "things has no labels"),
        ([0, 0], ("one",), "two classes at least were expected. Received: 1"),
        ([1, -1], ("a", "b"), r"in \[0, 2\) .*Received: labels in \[-1, 1\]"),
        ([1, 2], ("a", "b"), r"in \[0, 2\) .*Received: labels in \[1, 2\]"),
    ],
)
def test_labels_that_are_no_classes_are_one_line(labels, names, message):
    images = np.zeros((2, 4, 4, 1), np.uint8)
    data = Images("things", images, np.array(labels, np.int32), names)
    with pytest.raises(UserError, match=message) as caught:
        classifier.train(data, epochs=1, batch_size=1)
    assert len(str(caught.value).splitlines()) == 1


def test_without_names_the_labels_tell_how_many_classes_there_are():
    data = dataclasses.replace(bars(9), class_names=())
    assert data.labels.max() == 2
    assert classifier.count_classes(data) == 3


def test_classes_are_counted_that_no_example_is_of():
    data = dataclasses.replace(bars(9), class_names=("a", "b", "c", "d"))
    assert classifier.count_classes(data) == 4


def test_a_test_set_of_more_classes_is_refused(network):
    data = bars(9)
    data.labels[4] = 3
    with pytest.raises(UserError, match=r"in \[0, 3\) .*labels in \[0, 3\]"):
        classifier.accuracy(network, data)


def test_a_test_set_of_other_images_is_refused(network):
    data = Images("x", np.zeros((2, 9, 8, 2), np.uint8), np.zeros(2, np.int32))
    with pytest.raises(
        UserError, match=r"shape \[9, 9, 2\] .*Received: \[9, 8, 2\]"
    ):
        classifier.accuracy(network, data)


# The files.


def test_what_was_saved_is_loaded(saved, network):
    loaded = classifier.load(saved)
    images = bars(20).images / 127.5 - 1.0
    np.testing.assert_allclose(
        loaded.network(images, training=False),
        network(images, training=False),
        atol=1e-6,
    )
    assert loaded.record == json.loads(saved.with_suffix(".json").read_text())


def test_the_record_says_what_the_file_is(saved):
    record = json.loads(saved.with_suffix(".json").read_text())
    circumstances = provenance.describe()
    assert {name: record.pop(name) for name in circumstances} == circumstances
    assert record == {
        "sha256": hashlib.sha256(saved.read_bytes()).hexdigest(),
        "dataset": "bars",
        "fingerprint": bars(600).fingerprint,
        "image_shape": [9, 9, 2],
        "classes": 3,
        "class_names": ["row", "column", "rectangle"],
        "test_accuracy": 0.875,
        "settings": {"epochs": 6},
    }


def test_nothing_but_the_two_files_is_left(saved):
    names = sorted(path.name for path in saved.parent.iterdir())
    assert names == ["bars.json", "bars.keras"]


def test_the_file_holds_no_optimizer(saved, network):
    weights = 4 * sum(np.size(weight) for weight in network.get_weights())
    assert saved.stat().st_size < 1.3 * weights


@pytest.mark.parametrize("suffix", [".keras", ".json"])
def test_a_file_that_is_missing_is_named(saved, suffix):
    saved.with_suffix(suffix).unlink()
    assert_refused(
        saved, f"Cannot read {saved.with_suffix(suffix)}: No such file"
    )


def test_another_file_than_the_described_one_is_refused(saved):
    content = saved.read_bytes()
    expected = hashlib.sha256(content).hexdigest()
    damaged = content[:3000] + bytes([content[3000] ^ 1]) + content[3001:]
    saved.write_bytes(damaged)
    assert_refused(saved, expected, hashlib.sha256(damaged).hexdigest())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"sha256": "ab',
        '{"sha256": "ab"}',
        '{"sha256": "ab", "image_shape": [1, 1, 1], "test_accuracy": 0.5}',
        '{"sha256": 1, "image_shape": [], "classes": 2, "test_accuracy": 0.5}',
        b"\xff\xfe",
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_damaged_record_is_one_line(saved, text):
    record_path = saved.with_suffix(".json")
    record_path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert_refused(saved, f"{record_path} is damaged")


@pytest.mark.parametrize(
    "name, value", [("image_shape", [9, 9, 3]), ("classes", 4)]
)
def test_a_record_of_another_network_is_refused(saved, name, value):
    record_path = saved.with_suffix(".json")
    record = json.loads(record_path.read_text())
    record_path.write_text(json.dumps(record | {name: value}))
    assert_refused(saved, record_path, value, "(None, 9, 9, 2) -> (None, 3)")


def with_own_hash(path):
    """Makes the record one of whatever the file holds now."""
    record = json.loads(path.with_suffix(".json").read_text())
    record["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(record))


def test_a_file_that_keras_cannot_read_is_one_line(saved):
    saved.write_bytes(saved.read_bytes()[:2000])
    with_own_hash(saved)
    assert_refused(saved, f"Keras cannot load {saved}: ")


def test_code_in_the_file_is_not_run(saved, tmp_path):
    images = keras.Input((9, 9, 2))
    flag = tmp_path / "was_run"
    code = f"__import__('pathlib').Path({str(flag)!r}).touch()"
    x = keras.layers.Lambda(
        eval(f"lambda x: ({code}, x)[1]"), output_shape=(9, 9, 2)
    )(images)
    x = keras.layers.Dense(3)(keras.layers.Flatten()(x))
    keras.Model(images, x).save(saved)
    with_own_hash(saved)
    flag.unlink(missing_ok=True)
    assert_refused(saved, f"{saved} names keras.layers.Lambda")
    assert not flag.exists()


def test_a_file_of_another_format_is_not_loaded(saved):
    """Keras would ask the name, and would read this one as HDF5."""
    other = saved.with_suffix(".h5")
    saved.rename(other)
    assert_refused(other, "NAME.keras was expected", other)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_full_disk_leaves_what_was_there(saved, network, when):
    before = {p: p.read_bytes() for p in saved.parent.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))

    class Filling:
        """The disk is full before or after the temporary file is written."""

        output_shape = network.output_shape

        def save(self, file):
            if when == "before":
                fill()
            network.save(file)
            fill()

    try:
        with pytest.raises(UserError, match=f"Cannot write {saved}: "):
            classifier.save(
                Filling(), saved, data=bars(9), test_accuracy=0.5, settings={}
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {p: p.read_bytes() for p in saved.parent.iterdir()} == before


@pytest.mark.parametrize("name", ["x.h5", "x", "folder.keras", "file/x.keras"])
def test_a_name_that_cannot_be_written_is_known_before(tmp_path, name):
    (tmp_path / "folder.keras").mkdir()
    (tmp_path / "file").touch()
    path = pathlib.Path(tmp_path / name)
    with pytest.raises(UserError, match=str(path)) as caught:
        classifier.check_target(path)
    assert len(str(caught.value).splitlines()) == 1
