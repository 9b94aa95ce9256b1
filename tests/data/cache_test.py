"""The cache, as `images.load` uses it and by itself."""

import contextlib
import gzip
import os
import pathlib
import struct
import subprocess
import sys

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from tests.waiting import wait_for
from tfgan_ref.data import cache, idx
from tfgan_ref.data import folder as image_folder
from tfgan_ref.data.images import load

ROOT = pathlib.Path(__file__).parents[2]
# Two images of two rows and two columns.
PIXELS = bytes((11, 22, 33, 44, 250, 240, 230, 220))


class TfganKept(tfds.core.GeneratorBasedBuilder):
    """Two grey images with their labels."""

    VERSION = tfds.core.Version("1.0.0")
    GREYS = (40, 90)

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(3, 3, 1)),
                    "label": tfds.features.ClassLabel(names=["ant", "bee"]),
                }
            ),
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for label, grey in enumerate(self.GREYS):
            image = np.full([3, 3, 1], grey, np.uint8)
            yield label, {"image": image, "label": label}


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache."""
    folder = tmp_path / ".kept"  # Not to be seen among images.
    monkeypatch.setenv("TFGAN_REF_CACHE", str(folder))
    return folder


@pytest.fixture
def reads(monkeypatch):
    """The arguments with which files were opened instead of the cache."""
    calls = []

    def counted(function):
        def count(*arguments):
            calls.append(arguments)
            return function(*arguments)

        return count

    for module in (idx, image_folder):
        monkeypatch.setattr(module, "open_source", counted(module.open_source))
    return calls


def write_idx(folder, pixels=PIXELS, labels=(1, 0), prefix="train"):
    """Writes two files, of as many bytes whatever is in them."""
    folder.mkdir(exist_ok=True)
    dimensions = struct.pack(">III", len(pixels) // 4, 2, 2)
    for kind, content in (
        ("images-idx3", b"\0\0\x08\x03" + dimensions + pixels),
        (
            "labels-idx1",
            b"\0\0\x08\x01" + struct.pack(">I", len(labels)) + bytes(labels),
        ),
    ):
        path = folder / f"{prefix}-{kind}-ubyte.gz"
        path.write_bytes(gzip.compress(content, 0, mtime=0))


@pytest.fixture
def source(tmp_path):
    write_idx(tmp_path / "source")
    return tmp_path / "source"


def assert_is_the_source(data):
    assert data.images.dtype == np.uint8
    assert data.images[..., 0].tolist() == [
        [[11, 22], [33, 44]],
        [[250, 240], [230, 220]],
    ]
    assert data.labels.dtype == np.int32
    assert data.labels.tolist() == [1, 0]
    assert data.class_names == ("0", "1")
    assert len(data) == 2


def entry_of(kept):
    (entry,) = kept.iterdir()
    return entry


# A hit.


def test_a_second_load_opens_no_file_and_gives_the_same(source, reads):
    first = load(f"idx:{source}")
    second = load(f"idx:{source}")
    assert len(reads) == 1
    for data in (first, second):
        assert_is_the_source(data)
    assert second.name == f"idx:{source}"
    assert second.fingerprint == first.fingerprint


def test_pixels_come_back_in_their_order(tmp_path, reads):
    pixels = np.random.default_rng(0).integers(0, 256, [2, 5, 5, 3], np.uint8)
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    name = f"folder:{tmp_path}"
    for _ in range(2):
        np.testing.assert_array_equal(load(name).images, pixels)
    assert len(reads) == 1
    assert load(name).labels.tolist() == [-1, -1]
    assert load(name).class_names == ()


CHILD = """
import sys
from tfgan_ref.data.images import load
data = load(sys.argv[1], data_dir=sys.argv[2])
pairs = zip(data.images[:, 1, 1, 0].tolist(), data.labels.tolist())
print(sorted(pairs), data.class_names, data.fingerprint)
print([name for name in ("tensorflow", "tensorflow_datasets")
       if name in sys.modules])
"""


def child(*arguments, program=CHILD):
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_another_process_hits_without_importing_tfds_or_tensorflow(tmp_path):
    TfganKept(data_dir=str(tmp_path)).download_and_prepare()
    outputs = [
        child("tfgan_kept", tmp_path).stdout.splitlines() for _ in range(2)
    ]
    expected = "[(40, 0), (90, 1)] ('ant', 'bee') "
    assert outputs[0][0].startswith(expected)
    assert outputs[1][0] == outputs[0][0]
    assert outputs[0][1] == "['tensorflow', 'tensorflow_datasets']"
    assert outputs[1][1] == "[]"


def test_a_set_of_tfds_that_is_made_anew_is_read_anew(tmp_path, monkeypatch):
    def greys():
        data = load("tfgan_kept", data_dir=str(tmp_path))
        return sorted(data.images[:, 2, 0, 0].tolist())

    builder = TfganKept(data_dir=str(tmp_path))
    builder.download_and_prepare()
    assert greys() == [40, 90]
    for path in pathlib.Path(builder.data_dir).iterdir():
        path.unlink()
    pathlib.Path(builder.data_dir).rmdir()
    monkeypatch.setattr(TfganKept, "GREYS", (41, 91))
    assert greys() == [41, 91]


# What is asked for.


def test_sizes_channels_and_splits_are_kept_apart(source, reads):
    write_idx(source, bytes(range(100, 104)), [0], prefix="t10k")
    name = f"idx:{source}"
    for _ in range(2):
        assert load(name).image_shape == (2, 2, 1)
        assert load(name, image_size=4).image_shape == (4, 4, 1)
        assert load(name, channels=3).image_shape == (2, 2, 3)
        assert len(load(name, split="test")) == 1
        load(name, fit="pad")
        load(name, background="black")
        load(name, background="#000000")
    assert len(reads) == 6


def test_a_function_is_given_the_natural_size_at_a_hit_too(source, reads):
    asked = []

    def size(natural_size):
        asked.append(natural_size)
        return 2 * natural_size + growth

    growth = 0
    for _ in range(2):
        data = load(f"idx:{source}", image_size=size)
        assert data.image_shape == (4, 4, 1)
    assert asked == [2, 2]
    assert len(reads) == 1
    growth = 3
    assert load(f"idx:{source}", image_size=size).image_shape == (7, 7, 1)


def test_labels_are_taken_away_after_the_cache(tmp_path, reads):
    labels = [0, 1] * 8
    write_idx(tmp_path / "many", bytes(range(64)), labels)
    name = f"idx:{tmp_path / 'many'}"
    kept = {
        tuple(load(name, labelled=2, label_seed=seed).labels.tolist())
        for seed in range(4)
    }
    assert len(kept) > 1
    assert all(sorted(few) == [-1] * 14 + [0, 1] for few in kept)
    assert load(name).labels.tolist() == labels
    assert len(reads) == 1


def test_what_is_done_with_the_images_does_not_reach_the_cache(source):
    for _ in range(3):
        data = load(f"idx:{source}")
        assert_is_the_source(data)
        read = data.images[:]
        read[:] = 0
        with pytest.raises(TypeError):
            data.images[0] = 0


def test_the_digits_are_not_kept(kept):
    assert len(load("digits", image_size=8)) == 1797
    assert not kept.exists()


# A source that changes.


def test_a_file_of_equal_size_and_time_is_told_from_the_one_before(
    source, tmp_path
):
    load(f"idx:{source}")
    path = source / "train-images-idx3-ubyte.gz"
    before = path.stat()
    write_idx(tmp_path / "other", PIXELS[::-1])
    path.write_bytes((tmp_path / "other" / path.name).read_bytes())

    def has_another_time():
        path.chmod(0o644)
        return path.stat().st_ctime_ns != before.st_ctime_ns

    wait_for(has_another_time)  # The file system's clock is a coarse one.
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    images = load(f"idx:{source}").images
    assert images[0, ..., 0].tolist() == [[220, 230], [240, 250]]


def test_files_that_come_go_and_move_are_noticed(tmp_path):
    def picture(name, grey):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full([2, 2], grey, np.uint8)).save(path)

    def content():
        data = load(f"folder:{tmp_path}")
        greys = data.images[:, 0, 0, 0].tolist()
        labelled = zip(greys, data.labels.tolist(), strict=True)
        return dict(labelled), data.class_names

    picture("ant/1.png", 10)
    picture("bee/1.png", 20)
    assert content() == ({10: 0, 20: 1}, ("ant", "bee"))
    picture("ant/2.png", 30)
    assert content() == ({10: 0, 30: 0, 20: 1}, ("ant", "bee"))
    (tmp_path / "ant" / "1.png").unlink()
    assert content() == ({30: 0, 20: 1}, ("ant", "bee"))
    (tmp_path / "ant").rename(tmp_path / "cat")
    assert content() == ({20: 0, 30: 1}, ("bee", "cat"))


def test_a_link_that_is_pointed_elsewhere_is_noticed(tmp_path, source):
    write_idx(tmp_path / "other", PIXELS, (0, 1))
    link = tmp_path / "link"
    for target, labels in ((source, [1, 0]), (tmp_path / "other", [0, 1])):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert load(f"idx:{link}").labels.tolist() == labels


def test_a_set_that_is_written_to_while_it_is_read_is_not_kept(
    source, kept, monkeypatch
):
    read = idx.open_source

    def read_and_write(*arguments):
        opened = read(*arguments)
        write_idx(source, PIXELS + PIXELS, (1, 0, 1, 0))
        return opened

    monkeypatch.setattr(idx, "open_source", read_and_write)
    data = load(f"idx:{source}")
    assert list(kept.iterdir()) == []
    assert data.images[:, 0, 0, 0].tolist() == [11, 250]


def test_what_is_said_of_images_is_said_at_every_start(tmp_path, caplog, reads):
    caplog.set_level("INFO", logger="absl")
    for name, side in (("a", 8), ("b", 9), ("tiny", 2)):
        pixels = np.arange(side * 3 * side, dtype=np.uint8)
        pixels = pixels.reshape(side, 3 * side)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    (tmp_path / "page.png").write_bytes(b"<html>")
    said = []
    for _ in range(2):
        caplog.clear()
        assert len(load(f"folder:{tmp_path}")) == 3
        said.append([entry.getMessage() for entry in caplog.records])
    assert len(reads) == 1
    assert said[1] == said[0]
    for words in ("tiny.png, 6x2, is the smallest", "3 of 3 images lose"):
        assert any(line.startswith(words) for line in said[1])
    assert "1 in HTML, a web page (page.png)" in said[1][-1]


def test_a_set_with_a_file_that_may_come_back_is_not_kept(
    tmp_path, kept, monkeypatch
):
    for name in ("a", "b"):
        Image.fromarray(np.eye(4, dtype=np.uint8)).save(
            tmp_path / f"{name}.png"
        )
    opened = image_folder.open_source

    def open_and_lose(*arguments):
        source = opened(*arguments)
        source.examples.files.append((tmp_path / "gone.png", -1))
        return source

    monkeypatch.setattr(image_folder, "open_source", open_and_lose)
    assert len(load(f"folder:{tmp_path}")) == 2
    assert not list(kept.glob("*"))


# An entry that is not what was written.


def cut(content):
    return content[: len(content) // 2]


def without_its_end(content):
    return content[:-1]


def empty(content):
    return b""


def other_file(content):
    return b"PK\x03\x04 is how a zip file begins"


def with_more(content):
    return content + b"\0"


def with_another_byte(place):
    """Images are 8 bytes, labels and checks after them 8 each."""

    def change(content):
        changed = bytes([content[place] ^ 1])
        return content[:place] + changed + content[place:][1:]

    return change


def with_another_shape(content):
    shape, other = (struct.pack("<4Q", 2, *x) for x in ((2, 2, 1), (1, 2, 2)))
    return content.replace(shape, other)


def with_a_header_beyond_the_memory(content):
    place = content.index(struct.pack("<4Q", 2, 2, 2, 1)) + 32
    return content[:place] + struct.pack("<Q", 2**62) + content[place + 8 :]


def with_another_class(content):
    return content.replace(b'["0", "1"]', b'["0", "7"]')


def with_another_natural_size(content):
    return content.replace(b'"natural_size": 2', b'"natural_size": 9')


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        without_its_end,
        empty,
        other_file,
        with_more,
        *map(with_another_byte, (0, 7, 8, 15, 16, 23, -1)),
        with_another_shape,
        with_a_header_beyond_the_memory,
        with_another_class,
        with_another_natural_size,
    ],
)
def test_a_damaged_entry_is_passed_over_and_written_anew(
    source, kept, reads, damage
):
    load(f"idx:{source}")
    entry = entry_of(kept)
    content = entry.read_bytes()
    assert damage(content) != content
    entry.write_bytes(damage(content))
    assert_is_the_source(load(f"idx:{source}"))
    assert len(reads) == 2
    load(f"idx:{source}")
    assert len(reads) == 2
    assert entry_of(kept).read_bytes() == content


class Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return pathlib.Path.touch, (self.path,)


def test_a_pickle_is_never_unpickled(source, kept, tmp_path):
    load(f"idx:{source}")
    bomb = np.array([Bomb(tmp_path / "exploded")], object)
    with entry_of(kept).open("wb") as file:
        np.save(file, bomb, allow_pickle=True)
    assert_is_the_source(load(f"idx:{source}"))
    assert not (tmp_path / "exploded").exists()


def test_an_entry_of_another_format_is_written_anew(
    source, kept, reads, monkeypatch
):
    load(f"idx:{source}")
    monkeypatch.setattr(cache, "_FORMAT", 0)
    load(f"idx:{source}")
    load(f"idx:{source}")
    assert len(reads) == 2
    entry_of(kept)


def test_a_link_in_place_of_an_entry_is_replaced_not_followed(
    source, kept, reads, tmp_path
):
    load(f"idx:{source}")
    precious = tmp_path / "precious"
    precious.write_text("mine")
    entry = entry_of(kept)
    entry.unlink()
    entry.symlink_to(precious)
    load(f"idx:{source}")
    load(f"idx:{source}")
    assert len(reads) == 2
    assert precious.read_text() == "mine"
    assert not entry.is_symlink()


def test_a_folder_in_place_of_an_entry_is_left_alone(source, kept):
    load(f"idx:{source}")
    entry = entry_of(kept)
    entry.unlink()
    entry.mkdir()
    (entry / "mine").touch()
    assert_is_the_source(load(f"idx:{source}"))
    assert (entry / "mine").exists()
    assert entry_of(kept) == entry


# Where it is, and where it cannot be.


@pytest.mark.parametrize(
    ("chosen", "caches", "expected"),
    [
        ("/a/b", "/c", "/a/b"),
        ("~/b", "/c", "/home/me/b"),
        ("", "/c", "/c/tfgan_ref"),
        (None, "", "/home/me/.cache/tfgan_ref"),
        (None, None, "/home/me/.cache/tfgan_ref"),
    ],
)
def test_the_folder_is_the_one_that_the_environment_names(
    monkeypatch, chosen, caches, expected
):
    monkeypatch.setenv("HOME", "/home/me")
    for name, value in (
        ("TFGAN_REF_CACHE", chosen),
        ("XDG_CACHE_HOME", caches),
    ):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache.folder() == pathlib.Path(expected)


TWICE = """
import sys
from tfgan_ref.data.images import load
for split in ("train", "test"):
    print(load(f"idx:{sys.argv[1]}", split=split).labels.tolist())
"""


@pytest.mark.parametrize(
    "place", ["file", "file/below", "dangling", "/proc/none", "~no-such-user/a"]
)
def test_a_folder_that_cannot_be_written_costs_one_warning(
    source, tmp_path, monkeypatch, place
):
    write_idx(source, labels=(0, 1), prefix="t10k")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere" / "far")
    # An absolute path and `~` stay what they are.
    path = place if place[0] == "~" else str(tmp_path / place)
    monkeypatch.setenv("TFGAN_REF_CACHE", path)
    done = child(source, program=TWICE)
    assert done.stdout == "[1, 0]\n[0, 1]\n"
    (line,) = done.stderr.splitlines()
    assert "cannot be kept" in line
    assert "TFGAN_REF_CACHE" in line
    assert (tmp_path / "file").read_text() == "mine"


def test_without_space_nothing_is_left_behind(source, kept):
    write_idx(source, labels=(0, 1), prefix="t10k")
    limited = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))\n" + TWICE
    )
    done = child(source, program=limited)
    assert done.stdout == "[1, 0]\n[0, 1]\n"
    (line,) = done.stderr.splitlines()
    assert "cannot be kept" in line
    assert list(kept.iterdir()) == []


def test_the_folder_may_be_a_link(source, tmp_path, monkeypatch, reads):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "link"))
    load(f"idx:{source}")
    load(f"idx:{source}")
    assert len(reads) == 1
    entry_of(tmp_path / "disk")


def test_several_writers_at_once_leave_one_whole_entry(source, kept, reads):
    command = [sys.executable, "-c", TWICE, str(source)]
    write_idx(source, labels=(0, 1), prefix="t10k")
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, stdout=subprocess.PIPE, text=True
                )
            )
            for _ in range(3)
        ]
        for writer in writers:
            output, _ = writer.communicate()
            assert output == "[1, 0]\n[0, 1]\n"
    assert len(list(kept.iterdir())) == 2  # One per split.
    assert_is_the_source(load(f"idx:{source}"))
    assert not reads
