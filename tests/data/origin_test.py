import importlib.metadata
import os
import pathlib

import pytest

from tfgan_ref.data import origin

IMAGES, LABELS = (
    f"train-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1")
)


def touch(path, content=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def find(name, folder, split="train"):
    return origin.find(name, split, str(folder))


# Sets of TFDS.


@pytest.mark.parametrize(
    "file",
    ["set/top.json", "set/1.0.0/train.tfrecord", "set/config/1.0.0/a.tfrecord"],
)
@pytest.mark.parametrize("name", ["set", "set:1.0.0", "set/config:1.*.*"])
def test_every_file_of_a_set_of_tfds_counts(tmp_path, file, name):
    for path in ("set/1.0.0/features.json", file, "other/1.0.0/a"):
        touch(tmp_path / path)
    before = find(name, tmp_path)
    assert before.folder == str(tmp_path)
    assert find(name, tmp_path) == before
    touch(tmp_path / file, b"longer")
    after = find(name, tmp_path)
    assert after.state != before.state
    touch(tmp_path / "other" / "1.0.0" / "a", b"longer")
    assert find(name, tmp_path) == after
    touch(tmp_path / "set" / "2.0.0" / "train.tfrecord")
    assert find(name, tmp_path).state != after.state


def test_a_version_that_is_a_link_is_looked_into(tmp_path):
    touch(tmp_path / "disk" / "train.tfrecord")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "1.0.0").symlink_to(tmp_path / "disk")
    before = find("set", tmp_path)
    touch(tmp_path / "disk" / "train.tfrecord", b"longer")
    assert find("set", tmp_path).state != before.state


def test_a_time_alone_is_a_change(tmp_path):
    path = tmp_path / "set" / "1.0.0" / "train.tfrecord"
    touch(path)
    before = find("set", tmp_path)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000_000_000))
    assert find("set", tmp_path).state != before.state


@pytest.mark.parametrize(
    "package", ["pillow", "tensorflow", "tensorflow-datasets"]
)
def test_another_version_of_what_reads_is_a_change(
    tmp_path, monkeypatch, package
):
    touch(tmp_path / "set" / "1.0.0" / "a")
    before = find("set", tmp_path)
    installed = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata,
        "version",
        lambda name: installed(name) + ".1" * (name == package),
    )
    assert find("set", tmp_path).state != before.state


def test_the_default_folder_is_that_of_tfds(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    touch(tmp_path / "tensorflow_datasets" / "set" / "1.0.0" / "a")
    found = origin.find("set", "train", None)
    assert found.folder == str(tmp_path / "tensorflow_datasets")
    assert find("set", "~/tensorflow_datasets") == found
    touch(tmp_path / "elsewhere" / "set" / "1.0.0" / "a")
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "elsewhere"))
    found = origin.find("set", "train", None)
    assert found.folder == str(tmp_path / "elsewhere")


def test_a_relative_folder_is_the_same_as_its_absolute_path(
    tmp_path, monkeypatch
):
    touch(tmp_path / "data" / "set" / "1.0.0" / "a")
    monkeypatch.chdir(tmp_path)
    assert find("set", "data") == find("set", tmp_path / "data")


@pytest.mark.parametrize(
    "name",
    ["digits", "", "..", "../set", "set/../set", "no such set", "none"]
    + ["huggingface:set", "idx:", "folder:", "set/a/b"],
)
def test_what_is_not_a_plain_name_is_left_to_the_reader(tmp_path, name):
    for folder in ("set", "digits", "huggingface", "idx", "folder"):
        touch(tmp_path / "data" / folder / "1.0.0" / "a")
        touch(tmp_path / folder / "1.0.0" / "a")
    assert find(name, tmp_path / "data") is None


# Folders of the user.


def test_of_idx_files_those_of_the_split_count(tmp_path):
    for name in (IMAGES, LABELS, "t10k-images-idx3-ubyte.gz"):
        touch(tmp_path / name)
    name = f"idx:{tmp_path}"
    before = find(name, "unused")
    assert before.folder == str(tmp_path)
    touch(tmp_path / "t10k-images-idx3-ubyte.gz", b"longer")
    assert find(name, "unused") == before
    for changed in (IMAGES, LABELS):
        touch(tmp_path / changed, b"longer")
        after = find(name, "unused")
        assert after.state != before.state
        before = after


def test_of_a_folder_all_that_can_be_seen_counts(tmp_path):
    name = f"folder:{tmp_path}"
    touch(tmp_path / "ant" / "1.png")
    before = find(name, "unused")
    touch(tmp_path / ".notes")
    touch(tmp_path / "run" / "networks.json")
    assert find(name, "unused") == before
    for path in ("bee/1.jpg", "bee/far/below/2", "notes.txt"):
        touch(tmp_path / path)
        after = find(name, "unused")
        assert after.state != before.state
        before = after


@pytest.mark.parametrize("kind", ["idx", "folder"])
def test_files_that_are_missing_are_left_to_the_reader(tmp_path, kind):
    assert find(f"{kind}:{tmp_path}", "unused") is None
    assert find(f"{kind}:{tmp_path / 'none'}", "unused") is None
    assert find(f"idx:{tmp_path}", "unused", split="none") is None


def test_a_path_through_a_link_means_what_the_system_means(tmp_path):
    for folder in ("", "far"):
        for name in (IMAGES, LABELS):
            touch(tmp_path / folder / name)
    (tmp_path / "far" / "below").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "far" / "below")
    before = find(f"idx:{link}/..", "unused")
    touch(tmp_path / IMAGES, b"longer")
    assert find(f"idx:{link}/..", "unused") == before
    touch(pathlib.Path(tmp_path / "far" / IMAGES), b"longer")
    assert find(f"idx:{link}/..", "unused").state != before.state
