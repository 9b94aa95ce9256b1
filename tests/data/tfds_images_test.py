"""Small data sets of TFDS, written to and read from a folder of the test.

A class below is registered with TFDS by being defined, under its name in
snake_case.
"""

import contextlib
import http.server
import pathlib
import shutil
import socket
import threading

import numpy as np
import pytest
import tensorflow_datasets as tfds
from absl import logging

from tfgan_ref.data import images as image_data
from tfgan_ref.data import tfds_images
from tfgan_ref.errors import UserError

# More than come out of TFDS at a time, and no multiple of it.
MANY = 2500


class _Small(tfds.core.GeneratorBasedBuilder):
    """Two splits; `FEATURES` and `EXAMPLES` are the subclass's."""

    VERSION = tfds.core.Version("1.0.0")
    FEATURES = {}
    EXAMPLES = {}

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(self.FEATURES),
        )

    def _split_generators(self, dl_manager):
        return {
            split: self._generate_examples(split) for split in self.EXAMPLES
        }

    def _generate_examples(self, split):
        yield from enumerate(self.EXAMPLES[split])


def block(height, width, *values):
    return np.full([height, width, len(values)], values, np.uint8)


class TfganLabelled(_Small):
    """Oblong colour images; the red of each says its label."""

    FEATURES = {
        "image": tfds.features.Image(shape=(4, 6, 3)),
        "label": tfds.features.ClassLabel(names=["zebra", "ant", "bee"]),
        "note": tfds.features.Text(),
    }
    EXAMPLES = {
        "train": [
            {
                "image": np.arange(72, dtype=np.uint8).reshape(4, 6, 3),
                "label": 2,
                "note": "a ramp",
            },
            {"image": block(4, 6, 200, 7, 3), "label": "zebra", "note": ""},
        ],
        "test": [{"image": block(4, 6, 9, 8, 7), "label": 1, "note": ""}],
    }


class TfganMany(_Small):
    """Images that spell out their number; the label is it modulo 7."""

    FEATURES = {
        "image": tfds.features.Image(shape=(1, 2, 1)),
        "label": tfds.features.ClassLabel(num_classes=7),
    }
    EXAMPLES = {
        "train": [
            {
                "image": np.array([[[k // 256], [k % 256]]], np.uint8),
                "label": k % 7,
            }
            for k in range(MANY)
        ]
    }


class TfganVarious(_Small):
    """Images of many sizes without a label."""

    FEATURES = {"image": tfds.features.Image()}
    EXAMPLES = {
        "train": [
            {"image": block(9, 12, 250, 10, 30)},
            {"image": block(20, 7, 20, 240, 60)},
            {"image": block(8, 8, 90, 50, 210)},
        ]
    }


class TfganOpacity(_Small):
    """Images with a fourth channel."""

    FEATURES = {"image": tfds.features.Image(shape=(4, 4, 4))}
    EXAMPLES = {"train": [{"image": block(4, 4, 1, 2, 3, 4)}]}


class TfganDeep(_Small):
    """Images of two bytes per value."""

    FEATURES = {"image": tfds.features.Image(shape=(4, 4, 1), dtype=np.uint16)}
    EXAMPLES = {"train": [{"image": block(4, 4, 1).astype(np.uint16) * 600}]}


class TfganTexts(_Small):
    """No images."""

    FEATURES = {
        "text": tfds.features.Text(),
        "label": tfds.features.ClassLabel(num_classes=2),
    }
    EXAMPLES = {"train": [{"text": "a", "label": 1}]}


class TfganSilent(_Small):
    """One whose preparation fails without a word."""

    FEATURES = {"image": tfds.features.Image(shape=(4, 4, 1))}

    def _split_generators(self, dl_manager):
        raise NotImplementedError


class TfganFailing(_Small):
    """One whose preparation fails with many words."""

    FEATURES = {"image": tfds.features.Image(shape=(4, 4, 1))}

    def _split_generators(self, dl_manager):
        raise AssertionError("Put the archive there.\nThen try again.")


class TfganRemote(_Small):
    """One whose files would be at the address that the test sets."""

    FEATURES = {"image": tfds.features.Image(shape=(4, 4, 1))}
    url_infos = {}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A folder in which the data sets that can be prepared are."""
    folder = str(tmp_path_factory.mktemp("tfds"))
    for kind in (
        TfganLabelled,
        TfganMany,
        TfganVarious,
        TfganOpacity,
        TfganDeep,
        TfganTexts,
    ):
        kind(data_dir=folder).download_and_prepare()
    return folder


def open_sorted(name, split, data_dir):
    """TFDS shuffles what it writes: the examples by their pixels."""
    source = tfds_images.open_source(name, split, data_dir)
    return sorted(source.examples, key=lambda example: example[0].tolist())


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


# What is read.


def test_what_tfds_does_to_itself_is_no_warning(data_dir, monkeypatch):
    at = []
    monkeypatch.setattr(
        tfds.core.features.feature,
        "log_tf_warning",
        lambda _: at.append(logging.get_verbosity()),
    )
    before = logging.get_verbosity()
    tfds_images.open_source("tfgan_labelled", "train", data_dir)
    assert {*at} == {logging.ERROR} and logging.get_verbosity() == before


def test_images_and_labels_come_as_they_were_written(data_dir):
    examples = open_sorted("tfgan_labelled", "train", data_dir)
    (ramp, ramp_label), (flat, flat_label) = examples
    assert ramp.dtype == flat.dtype == np.uint8
    assert ramp.tolist() == np.arange(72).reshape(4, 6, 3).tolist()
    assert ramp_label == 2
    assert flat.tolist() == [[[200, 7, 3]] * 6] * 4
    assert flat_label == 0


def test_size_channels_and_class_names_are_those_of_the_features(data_dir):
    source = tfds_images.open_source("tfgan_labelled", "train", data_dir)
    assert source.natural_size == 4
    assert source.channels == 3
    assert source.class_names == ("zebra", "ant", "bee")


def test_splits_and_their_slices_are_those_of_tfds(data_dir):
    ((image, label),) = open_sorted("tfgan_labelled", "test", data_dir)
    assert image[0, 0].tolist() == [9, 8, 7]
    assert label == 1
    both = open_sorted("tfgan_labelled", "train+test", data_dir)
    assert len(both) == 3
    assert len(open_sorted("tfgan_labelled", "train[:50%]", data_dir)) == 1


def test_a_set_larger_than_a_chunk_comes_whole_and_once(data_dir):
    examples = open_sorted("tfgan_many", "train", data_dir)
    assert len(examples) == MANY
    for number, (image, label) in enumerate(examples):
        assert image.ravel().tolist() == [number // 256, number % 256]
        assert label == number % 7


def test_a_source_can_be_iterated_over_twice(data_dir):
    source = tfds_images.open_source("tfgan_labelled", "train", data_dir)
    first, second = list(source.examples), list(source.examples)
    assert len(first) == len(second) == 2
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one[0], other[0])


def test_images_of_many_sizes_come_one_by_one_without_labels(data_dir):
    source = tfds_images.open_source("tfgan_various", "train", data_dir)
    shapes = sorted(image.shape for image, _ in source.examples)
    assert shapes == [(8, 8, 3), (9, 12, 3), (20, 7, 3)]
    assert {int(label) for _, label in source.examples} == {-1}
    assert source.natural_size == 7
    assert source.channels == 3
    assert source.class_names == ()


def test_load_brings_images_of_many_sizes_to_the_smallest_side(data_dir):
    data = image_data.load("tfgan_various", data_dir=data_dir)
    assert data.images.shape == (3, 7, 7, 3)
    assert sorted(data.images[:, 3, 3].tolist()) == [
        [20, 240, 60],
        [90, 50, 210],
        [250, 10, 30],
    ]
    assert data.labels.tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("cifar10", (32, 32, 3), 10),
        ("svhn_cropped", (32, 32, 3), 10),
        ("mnist", (28, 28, 1), 10),
        ("fashion_mnist", (28, 28, 1), 10),
        ("celeb_a", (218, 178, 3), 0),
    ],
)
def test_the_sets_that_the_help_names_have_what_is_needed(
    name, shape, classes, tmp_path, monkeypatch
):
    # What `mock_data` leaves out.
    monkeypatch.setattr(
        tfds.core.DatasetBuilder, "is_prepared", lambda self: True
    )
    with tfds.testing.mock_data(num_examples=3):
        source = tfds_images.open_source(name, "train", str(tmp_path))
        shapes = [image.shape for image, _ in source.examples]
    assert shapes == [shape] * 3
    assert source.natural_size == min(shape[:2])
    assert source.channels == shape[2]
    assert len(source.class_names) == classes


def test_a_set_that_is_not_prepared_is_prepared_at_first_use(tmp_path):
    assert len(open_sorted("tfgan_labelled", "train", str(tmp_path))) == 2
    assert tfds.builder("tfgan_labelled", data_dir=tmp_path).is_prepared()


@pytest.mark.parametrize("name", ["d[1]", "caf\udce9"])
def test_the_folder_may_have_any_name(data_dir, name, tmp_path, monkeypatch):
    folder = tmp_path / name / "tfds"
    source = tfds_images.open_source("tfgan_labelled", "train", str(folder))
    assert (folder / "tfgan_labelled" / "1.0.0").is_dir()
    assert sorted(label for _, label in source.examples) == [0, 2]

    # What is there is not prepared once more.
    monkeypatch.setattr(tfds_images, "is_reachable", lambda builder: False)
    monkeypatch.setenv("TFDS_DATA_DIR", str(folder))
    shutil.copytree(f"{data_dir}/tfgan_many", folder / "tfgan_many")
    source = tfds_images.open_source("tfgan_many", "train", None)
    assert len(list(source.examples)) == MANY
    for record in folder.glob("tfgan_many/*/*train.tfrecord*"):
        record.write_bytes(record.read_bytes()[:-3])
    with pytest.raises(UserError) as caught:
        list(source.examples)
    assert_one_line(caught, folder / "tfgan_many" / "1.0.0", "is damaged")
    with pytest.raises(UserError) as caught:
        tfds_images.open_source("tfgan_texts", "train", None)
    assert_one_line(caught, f"in {folder / 'tfgan_texts' / '1.0.0'}")


# Errors.


@pytest.mark.parametrize(
    "split", ["validation", "", "train[:", "train[:200%]", "train[1:0]"]
)
def test_an_unknown_split_is_refused_with_the_known_ones(data_dir, split):
    with pytest.raises(UserError) as caught:
        source = tfds_images.open_source("tfgan_labelled", split, data_dir)
        list(source.examples)
    assert_one_line(caught, "tfgan_labelled", "train", "test", repr(split))


def test_a_slice_that_ends_before_it_begins_is_refused(data_dir):
    with pytest.raises(UserError) as caught:
        image_data.load("tfgan_many", split="train[9:5]", data_dir=data_dir)
    assert_one_line(caught, "tfgan_many", "train[9:5]")


@pytest.mark.parametrize("name", ["tfgan_opacity", "tfgan_deep"])
def test_images_of_other_than_grey_or_colour_bytes_are_refused(data_dir, name):
    with pytest.raises(UserError) as caught:
        image_data.load(name, channels=3, data_dir=data_dir)
    assert_one_line(caught, name)


def test_a_set_without_images_is_refused(data_dir):
    with pytest.raises(UserError) as caught:
        tfds_images.open_source("tfgan_texts", "train", data_dir)
    assert_one_line(caught, "tfgan_texts", "image")


@pytest.mark.parametrize("name", ["tfgan_nothing", "no such set", "mnist/x"])
def test_an_unknown_name_is_refused(tmp_path, name):
    with pytest.raises(UserError) as caught:
        tfds_images.open_source(name, "train", str(tmp_path))
    assert_one_line(caught, repr(name), "idx:FOLDER", "folder:FOLDER")


def test_an_unknown_version_is_refused(tmp_path):
    name = "tfgan_labelled:9.9.9"
    with pytest.raises(UserError) as caught:
        tfds_images.open_source(name, "train", str(tmp_path))
    assert_one_line(caught, name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("tfgan_failing", "AssertionError: Put the archive there."),
        ("tfgan_silent", "NotImplementedError"),
    ],
)
def test_a_failing_preparation_is_reported_in_one_line(tmp_path, name, reason):
    with pytest.raises(UserError) as caught:
        tfds_images.open_source(name, "train", str(tmp_path))
    assert_one_line(caught, name, tmp_path, reason)


# Whether the host answers.


@pytest.fixture
def remote(monkeypatch):
    """Sets the address of `tfgan_remote`'s only file."""
    # Straight to this machine, whatever the environment says.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def at(port):
        address = f"http://127.0.0.1:{port}/file.zip"
        monkeypatch.setattr(TfganRemote, "url_infos", {address: None})

    return at


@contextlib.contextmanager
def answering(answer, after=0.0):
    """A server that gives each caller some bytes; gives its port.

    After so many seconds, or when nobody wants to know any more.
    """
    ended = threading.Event()

    def serve(listener):
        with contextlib.suppress(OSError):
            while True:
                call, _ = listener.accept()
                with call:
                    call.recv(4096)
                    ended.wait(after)
                    call.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=[listener])
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


OK = b"HTTP/1.0 200 OK\r\n\r\n"


def test_a_set_whose_host_refuses_is_reported_without_asking_tfds(
    tmp_path, remote, monkeypatch
):
    asked = []
    monkeypatch.setattr(
        TfganRemote, "download_and_prepare", lambda self: asked.append(self)
    )
    with socket.socket() as held:  # So that nobody listens at its port.
        held.bind(("127.0.0.1", 0))
        remote(held.getsockname()[1])
        with pytest.raises(UserError) as caught:
            tfds_images.open_source("tfgan_remote", "train", str(tmp_path))
    assert not asked  # It would try for minutes.
    assert_one_line(
        caught,
        "tfgan_remote",
        tmp_path,
        "its host does not answer",
        "tools/prepare_data.py",
    )


def test_a_host_that_says_nothing_for_long_is_given_up(
    tmp_path, remote, monkeypatch
):
    monkeypatch.setattr(tfds_images, "_TIMEOUT_SECONDS", 0.2)
    with answering(OK, after=10) as port:
        remote(port)
        assert not tfds_images.is_reachable(TfganRemote(data_dir=tmp_path))


def test_a_host_that_speaks_no_http_is_given_up(tmp_path, remote):
    with answering(b"SSH-2.0-OpenSSH\r\n") as port:
        remote(port)
        assert not tfds_images.is_reachable(TfganRemote(data_dir=tmp_path))


@pytest.mark.parametrize("status", [200, 403, 404])
def test_a_host_that_answers_is_reachable(tmp_path, remote, status):
    phrase = http.HTTPStatus(status).phrase
    with answering(f"HTTP/1.0 {status} {phrase}\r\n\r\n".encode()) as port:
        remote(port)
        assert tfds_images.is_reachable(TfganRemote(data_dir=tmp_path))


def test_a_set_without_known_addresses_is_left_to_tfds(tmp_path):
    assert tfds_images.is_reachable(TfganLabelled(data_dir=tmp_path))


def test_a_prepared_set_that_is_damaged_is_named(tmp_path):
    builder = TfganLabelled(data_dir=str(tmp_path))
    builder.download_and_prepare()
    for record in pathlib.Path(builder.data_dir).glob("*train.tfrecord*"):
        record.write_bytes(record.read_bytes()[:-3])
    source = tfds_images.open_source("tfgan_labelled", "train", str(tmp_path))
    with pytest.raises(UserError) as caught:
        list(source.examples)
    assert_one_line(caught, builder.data_dir, "is damaged")
