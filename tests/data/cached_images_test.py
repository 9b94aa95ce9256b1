"""Images that are read out of the cache, by one process or several."""

import json
import os
import pathlib
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from tfgan_ref.data import cache, decoding, folder
from tfgan_ref.data.images import load
from tfgan_ref.errors import UserError

ROOT = pathlib.Path(__file__).parents[2]
PIXELS = np.random.default_rng(0).integers(0, 256, (9, 4, 4, 3), np.uint8)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache."""
    path = tmp_path / "kept"
    monkeypatch.setenv("TFGAN_REF_CACHE", str(path))
    return path


@pytest.fixture
def name(tmp_path):
    (tmp_path / "own").mkdir()
    for number, picture in enumerate(PIXELS):
        Image.fromarray(picture).save(tmp_path / "own" / f"{number}.png")
    return f"folder:{tmp_path / 'own'}"


@pytest.fixture
def large(monkeypatch):
    """Entries are taken for such as are not read at once."""
    monkeypatch.setattr(cache, "_CHECKED_AT_ONCE", 0)


def entry_of(kept):
    (entry,) = kept.iterdir()
    return entry


def damage(path, place):
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))


def test_of_a_large_set_a_start_reads_hardly_an_image(name, large, monkeypatch):
    expected = load(name).fingerprint
    reads, read = [], os.preadv

    def count(*arguments):
        reads.append(arguments)
        return read(*arguments)

    monkeypatch.setattr(os, "preadv", count)
    data = load(name)
    assert data.fingerprint == expected
    assert data.facts["sha256"] == expected
    # Two are compared, of one the contrast is looked at.
    assert len(reads) <= 3
    assert data.images[2:7].shape == (5, 4, 4, 3)
    assert len(reads) <= 8


def test_a_damaged_image_of_a_large_set_ends_in_one_line(name, large, kept):
    load(name)
    entry = entry_of(kept)
    damage(entry, 5 * 48 + 47)
    data = load(name)
    np.testing.assert_array_equal(data.images[[8, 0, 4]], PIXELS[[8, 0, 4]])
    with pytest.raises(UserError) as caught:
        data.images[[2, 5]]
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert str(entry) in message
    assert "damaged at image 5" in message
    assert "start again" in message
    assert not entry.exists()
    np.testing.assert_array_equal(load(name).images, PIXELS)


def test_what_took_a_damaged_ones_place_is_not_deleted(name, large, kept):
    load(name)
    entry = entry_of(kept)
    whole = entry.read_bytes()
    damage(entry, 6 * 48)
    data = load(name)
    entry.unlink()
    entry.write_bytes(whole)
    with pytest.raises(UserError, match="damaged at image 6"):
        data.images[6]
    assert entry.read_bytes() == whole


def test_a_disk_that_cannot_be_read_ends_in_one_line(name, kept, monkeypatch):
    data = load(name)

    def fail(*arguments):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "preadv", fail)
    with pytest.raises(UserError) as caught:
        data.images[3:5]
    entry = entry_of(kept)
    assert str(caught.value) == f"Cannot read {entry}: Input/output error"


def test_what_leaves_the_cache_can_be_read_as_long_as_it_is_held(name, kept):
    data = load(name)
    entry_of(kept).unlink()
    np.testing.assert_array_equal(data.images[6:], PIXELS[6:])


def test_the_limit_spares_what_was_written_last(name, kept, monkeypatch):
    monkeypatch.setenv("TFGAN_REF_CACHE_LIMIT", "1e-6")
    sizes = (4, 5, 6)
    for size in sizes:
        data = load(name, image_size=size)
        entry = entry_of(kept)
        assert entry.stat().st_size > 9 * 3 * size**2
    assert data.images.shape == (9, 6, 6, 3)


def test_what_is_used_stays_longer(name, kept, monkeypatch):
    def entries():
        return set(kept.iterdir())

    load(name, image_size=4)
    (first,) = entries()
    load(name, image_size=5)
    (second,) = entries() - {first}
    for entry, time in ((first, 1000), (second, 2000)):
        os.utime(entry, (time, time))
    load(name, image_size=4)
    taken = sum(entry.stat().st_size for entry in entries())
    monkeypatch.setenv("TFGAN_REF_CACHE_LIMIT", str((taken + 500) / 1e9))
    load(name, image_size=3)
    assert first in entries()
    assert second not in entries()


def test_a_limit_that_is_no_number_is_refused_before_the_work(
    name, kept, monkeypatch
):
    monkeypatch.setenv("TFGAN_REF_CACHE_LIMIT", "much")

    def decode(*arguments):
        yield pytest.fail("it is decoded")

    monkeypatch.setattr(decoding, "decode", decode)
    with pytest.raises(UserError, match="Received: 'much'"):
        load(name)
    assert not list(kept.iterdir())


def test_two_that_want_the_same_decode_it_once(name, kept, monkeypatch):
    opened, others_wait = [], threading.Event()
    open_source = folder.open_source

    def open_when_another_waits(*arguments):
        opened.append(arguments)
        assert others_wait.wait(60)
        return open_source(*arguments)

    monkeypatch.setattr(folder, "open_source", open_when_another_waits)
    monkeypatch.setattr(
        cache.logging, "info", lambda text, *_: others_wait.set()
    )
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(load(name)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(opened) == 1
    for data in found:
        np.testing.assert_array_equal(data.images, PIXELS)
    entry_of(kept)


def test_where_there_are_no_locks_everybody_decodes(name, kept, monkeypatch):
    def fail(*arguments):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(cache.fcntl, "flock", fail)
    np.testing.assert_array_equal(load(name).images, PIXELS)
    entry_of(kept)


MEMORY = """
import json
import sys

import numpy as np

from tfgan_ref.data import digits, images, origin
from tfgan_ref.data.source import Source

COUNT = int(sys.argv[1])


def private():
    with open("/proc/self/status") as file:
        (line,) = (x for x in file if x.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


class Examples:
    def __iter__(self):
        rng = np.random.default_rng(0)
        for k in range(COUNT):
            if k % 500 == 0:
                seen.append(private())
            yield rng.integers(0, 256, (32, 32, 3), np.uint8), k % 10


digits.open_source = lambda split: Source(Examples(), 32, 3)
origin.find = lambda *asked: origin.Origin("/", str(COUNT))
seen = []
for _ in range(2):  # Decoded, and out of the cache.
    data = images.load("digits")
    order = np.random.default_rng(1).permutation(COUNT)
    for first in range(0, COUNT, 500):
        assert data.images[order[first : first + 500]].max() > 0
        seen.append(private())
print(json.dumps([max(seen), data.facts["count"], "tensorflow" in sys.modules]))
"""


@pytest.mark.skipif(
    not pathlib.Path("/proc/self/status").exists(), reason="of Linux"
)
def test_private_memory_does_not_grow_with_the_images():
    peaks = []
    for count in (2000, 20_000):
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(count)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        peak, found, has_tensorflow = json.loads(done.stdout)
        assert (found, has_tensorflow) == (count, False)
        peaks.append(peak)
    # The pixels are 6 and 61 MB.
    assert peaks[1] < 1.1 * peaks[0]
