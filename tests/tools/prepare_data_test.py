import gzip
import hashlib
import pathlib
import socket
import struct
import subprocess
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds
from tensorflow_datasets.image_classification import mnist

from tests.waiting import SECONDS
from tfgan_ref.data import tfds_images
from tfgan_ref.errors import UserError
from tfgan_ref.literal_path import literal
from tools import prepare_data

TOOL = pathlib.Path(prepare_data.__file__)
COUNTS = {"train": 5, "t10k": 3}


def arrays():
    """Made-up images and labels by the prefix of their files."""
    generator = np.random.default_rng(4)
    return {
        prefix: (
            generator.integers(0, 256, [count, 28, 28], np.uint8),
            generator.integers(0, 10, count).astype(np.uint8),
        )
        for prefix, count in COUNTS.items()
    }


def contents():
    """What the four files hold when they are unpacked."""
    files = {}
    for prefix, (images, labels) in arrays().items():
        count = len(labels)
        header = struct.pack(">HBBIII", 0, 8, 3, count, 28, 28)
        name = f"{prefix}-images-idx3-ubyte.gz"
        files[name] = header + images.tobytes()
        header = struct.pack(">HBBI", 0, 8, 1, count)
        name = f"{prefix}-labels-idx1-ubyte.gz"
        files[name] = header + labels.tobytes()
    return files


@pytest.fixture
def idx_dir(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, content in contents().items():
        (folder / name).write_bytes(gzip.compress(content))
    return folder


@pytest.fixture
def made_up(monkeypatch):
    """Makes both data sets those of `contents`, and their hosts silent."""
    digests = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in contents().items()
    }
    for name in ("mnist", "fashion_mnist"):
        monkeypatch.setitem(prepare_data._CONTENT, name, digests)
    monkeypatch.setattr(mnist, "_TRAIN_EXAMPLES", COUNTS["train"])
    monkeypatch.setattr(mnist, "_TEST_EXAMPLES", COUNTS["t10k"])
    monkeypatch.setattr(tfds_images, "is_reachable", lambda builder: False)


@pytest.fixture
def no_debian(monkeypatch, tmp_path):
    """A machine without apt-get and dpkg."""
    monkeypatch.setenv("PATH", str(tmp_path))


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


def assert_is_made_up(name, data_dir):
    """Plain TFDS has the made-up data under the registered name."""
    for split, prefix in (("train", "train"), ("test", "t10k")):
        data = tfds.load(name, split=split, data_dir=str(data_dir))
        found = [
            (example["image"][..., 0].tolist(), int(example["label"]))
            for example in data.as_numpy_iterator()
        ]
        images, labels = arrays()[prefix]
        written = zip(images.tolist(), labels.tolist(), strict=True)
        assert sorted(found) == sorted(written)


# Preparing.


def test_what_was_prepared_from_files_is_what_tfds_loads(
    made_up, idx_dir, tmp_path
):
    source = prepare_data.prepare("mnist", str(tmp_path / "d"), str(idx_dir))
    assert source == str(idx_dir)
    assert_is_made_up("mnist", tmp_path / "d")


def test_fashion_mnist_can_be_prepared_from_files_too(
    made_up, no_debian, idx_dir, tmp_path
):
    prepare_data.prepare("fashion_mnist", str(tmp_path / "d"), str(idx_dir))
    assert_is_made_up("fashion_mnist", tmp_path / "d")
    builder = tfds.builder("fashion_mnist", data_dir=tmp_path / "d")
    assert builder.info.features["label"].names[9] == "Ankle boot"


def test_paths_may_be_relative(made_up, idx_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepare_data.prepare("mnist", "d", idx_dir.name)
    assert_is_made_up("mnist", tmp_path / "d")


@pytest.mark.parametrize("name", ["with space", "\N{SNOWMAN}", "100%41"])
def test_the_folder_of_files_may_have_any_name(
    made_up, idx_dir, tmp_path, name
):
    folder = idx_dir.rename(tmp_path / name)
    prepare_data.prepare("mnist", str(tmp_path / "d"), str(folder))
    assert_is_made_up("mnist", tmp_path / "d")


def test_tfdss_folder_may_have_any_name(made_up, idx_dir, tmp_path):
    folder = tmp_path / "d[1]" / "*"
    prepare_data.prepare("mnist", str(folder), str(idx_dir))
    assert_is_made_up("mnist", literal(folder))
    again = prepare_data.prepare("mnist", str(folder), str(idx_dir))
    assert again == "prepared before"
    assert [path.name for path in tmp_path.glob("d*")] == ["d[1]"]


def test_a_second_call_does_nothing(made_up, idx_dir, tmp_path, monkeypatch):
    prepare_data.prepare("mnist", str(tmp_path / "d"), str(idx_dir))
    before = {
        path: path.stat().st_mtime_ns for path in (tmp_path / "d").rglob("*")
    }
    for path in idx_dir.iterdir():
        path.unlink()
    source = prepare_data.prepare("mnist", str(tmp_path / "d"), str(idx_dir))
    assert source == "prepared before"
    after = {
        path: path.stat().st_mtime_ns for path in (tmp_path / "d").rglob("*")
    }
    assert before
    assert after == before


@pytest.mark.parametrize("fails", [None, "apt-get", "dpkg"])
def test_debians_package_comes_before_the_folder_of_files(
    made_up, idx_dir, tmp_path, monkeypatch, fails
):
    # Stand-ins for Debian's programs: "downloading" leaves an empty package,
    # "unpacking" it copies the files to where the real one has them.
    steps = {
        "apt-get": """
            assert sys.argv[1:] == ["download", "dataset-fashion-mnist"]
            open("dataset-fashion-mnist_1_all.deb", "w").close()
        """,
        "dpkg": f"""
            flag, package, folder = sys.argv[1:]
            assert (flag, os.path.exists(package)) == ("-x", True)
            folder += "/usr/share/datasets/fashion-mnist"
            shutil.copytree({str(idx_dir)!r}, folder)
        """,
    }
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, step in steps.items():
        lines = [line.strip() for line in step.strip().splitlines()]
        script = tmp_path / f"{name}.py"
        script.write_text("\n".join(["import os, shutil, sys", *lines]))
        if name == fails:
            script.write_text("raise SystemExit(100)")
        program = programs / name
        program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -S "{script}" "$@"\n'
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))

    other = tmp_path / "other"
    idx_dir.rename(other)
    if not fails:
        other.rename(idx_dir)
        other = tmp_path / "nowhere"
    source = prepare_data.prepare(
        "fashion_mnist", str(tmp_path / "d"), str(other)
    )
    expected = str(other) if fails else "dataset-fashion-mnist"
    assert expected in source
    assert_is_made_up("fashion_mnist", tmp_path / "d")


# Refusing.


def test_every_altered_file_is_refused_by_name(made_up, idx_dir):
    prepare_data._check_files("mnist", idx_dir)
    for name, content in contents().items():
        path = idx_dir / name
        altered = content[:-1] + bytes([content[-1] ^ 1])
        path.write_bytes(gzip.compress(altered))
        with pytest.raises(UserError) as caught:
            prepare_data._check_files("mnist", idx_dir)
        expected = hashlib.sha256(content).hexdigest()
        received = hashlib.sha256(altered).hexdigest()
        assert_one_line(caught, path, expected, received)
        path.write_bytes(gzip.compress(content))


def test_how_a_file_is_packed_does_not_matter(made_up, idx_dir):
    for name, content in contents().items():
        packed = gzip.compress(content, compresslevel=1, mtime=99)
        assert packed != (idx_dir / name).read_bytes()
        (idx_dir / name).write_bytes(packed)
    prepare_data._check_files("mnist", idx_dir)


def test_the_files_of_one_set_do_not_pass_for_the_other():
    both = [set(files.values()) for files in prepare_data._CONTENT.values()]
    assert [len(digests) for digests in both] == [4, 4]
    assert not both[0] & both[1]


def test_altered_files_are_not_prepared(made_up, idx_dir, tmp_path):
    path = idx_dir / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(b"\0" + gzip.decompress(path.read_bytes())))
    with pytest.raises(UserError) as caught:
        prepare_data.prepare("mnist", str(tmp_path / "d"), str(idx_dir))
    assert_one_line(caught, path)
    assert not tfds.builder("mnist", data_dir=tmp_path / "d").is_prepared()


def test_a_missing_file_is_named(made_up, idx_dir, tmp_path):
    path = idx_dir / "t10k-labels-idx1-ubyte.gz"
    path.unlink()
    with pytest.raises(UserError) as caught:
        prepare_data.prepare("mnist", str(tmp_path / "d"), str(idx_dir))
    assert_one_line(caught, path, "No such file")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_without_any_source_the_folder_of_files_is_asked_for(
    made_up, no_debian, tmp_path, name
):
    with pytest.raises(UserError) as caught:
        prepare_data.prepare(name, str(tmp_path / "d"))
    assert_one_line(caught, name, "--idx_dir")


def test_a_file_in_place_of_tfdss_folder_is_refused(made_up, idx_dir, tmp_path):
    (tmp_path / "d").write_text("in the way")
    with pytest.raises(UserError) as caught:
        prepare_data.prepare("mnist", str(tmp_path / "d"), str(idx_dir))
    assert_one_line(caught, tmp_path / "d")


# The command line.


def run_tool(monkeypatch, *flags):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # At this port nobody can listen: no host can be reached.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{held.getsockname()[1]}"
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy)
            monkeypatch.setenv(name.upper(), proxy)
        return subprocess.run(
            [sys.executable, str(TOOL), *flags],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )


@pytest.mark.parametrize(
    ("dataset", "flag"),
    [("mnist", "font"), ("mnist", "emoji_test"), ("emoji", "idx_dir")],
)
def test_files_of_the_other_sets_are_refused(dataset, flag, capsys):
    with pytest.raises(SystemExit) as caught:
        prepare_data._parse_flags([f"--dataset={dataset}", f"--{flag}=x"])
    assert caught.value.code == 2
    said = f"error: --{flag} has no effect with --dataset={dataset}. "
    assert capsys.readouterr().err.startswith(said)


def test_a_wrong_folder_gives_one_line_and_status_1(tmp_path, monkeypatch):
    done = run_tool(
        monkeypatch,
        "--dataset=mnist",
        f"--data_dir={tmp_path / 'd'}",
        f"--idx_dir={tmp_path / 'nowhere'}",
    )
    assert done.returncode == 1
    # Before it are at most TFDS's own warnings.
    *_, line = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "nowhere" / "train-images-idx3-ubyte.gz") in line
    assert len(done.stdout.splitlines()) == 1  # What it is about to do.
