import os
import time

import pytest

from tfgan_ref.data import cache_space
from tfgan_ref.errors import UserError


def file(folder, letter, size, hours=0.0, suffix=".images"):
    """A file of the cache that was last used some hours ago."""
    path = folder / f"{letter * 64}{suffix}"
    path.write_bytes(b"x" * size)
    used = time.time() - 3600 * hours
    os.utime(path, (used, used))
    return path


def test_the_least_recently_used_go_until_the_others_have_room(tmp_path):
    files = {
        letter: file(tmp_path, letter, size, hours)
        for letter, size, hours in (
            ("a", 300, 5),
            ("b", 200, 9),
            ("c", 100, 1),
            ("d", 400, 7),
        )
    }
    assert cache_space.clear(tmp_path, 1000) == []
    deleted = cache_space.clear(tmp_path, 999)
    assert [(kept.path, kept.size) for kept in deleted] == [(files["b"], 200)]
    deleted = cache_space.clear(tmp_path, 350)
    assert [kept.path for kept in deleted] == [files["d"], files["a"]]
    assert set(tmp_path.iterdir()) == {files["c"]}


def test_what_is_spared_stays_though_it_is_too_large(tmp_path):
    files = [file(tmp_path, "a", 900, hours=9), file(tmp_path, "b", 10)]
    deleted = cache_space.clear(tmp_path, 100, spared=files[0])
    assert [kept.path for kept in deleted] == [files[1]]
    assert list(tmp_path.iterdir()) == [files[0]]


def test_files_of_others_stay(tmp_path):
    mine = [
        tmp_path / name
        for name in ("notes.images", "a" * 64, f"{'a' * 63}G.images", "b.lock")
    ]
    for path in mine:
        path.write_text("mine")
        os.utime(path, (0, 0))
    folder = tmp_path / f"{'c' * 64}.images"
    folder.mkdir()
    link = tmp_path / f"{'d' * 64}.images"
    link.symlink_to(mine[0])
    assert cache_space.kept(tmp_path) == []
    assert cache_space.clear(tmp_path, -1) == []
    assert set(tmp_path.iterdir()) == {*mine, folder, link}


def test_what_older_versions_kept_goes_as_well(tmp_path):
    old = file(tmp_path, "e", 10, suffix=".npy")
    assert [kept.path for kept in cache_space.clear(tmp_path, 5)] == [old]
    assert not old.exists()


def test_what_a_killed_process_left_goes_after_an_hour(tmp_path):
    left, written = (tmp_path / f".{letter * 32}" for letter in "ab")
    lock = file(tmp_path, "c", 0, hours=1.1, suffix=".lock")
    for path, hours in ((left, 1.1), (written, 0.9)):
        path.write_bytes(b"x")
        used = time.time() - 3600 * hours
        os.utime(path, (used, used))
    assert cache_space.clear(tmp_path, 10) == []
    assert set(tmp_path.iterdir()) == {written}
    assert not lock.exists()


def test_what_is_to_come_has_room_made_for_it(tmp_path, monkeypatch):
    monkeypatch.setenv("TFGAN_REF_CACHE_LIMIT", "1e-6")
    old, new = file(tmp_path, "a", 500, hours=2), file(tmp_path, "b", 300)
    cache_space.make_room(tmp_path, 200)
    assert old.exists()
    cache_space.make_room(tmp_path, 201)
    assert not old.exists()
    assert new.exists()


def test_a_disk_without_room_is_known_before_it_is_full(tmp_path):
    with pytest.raises(OSError, match="No space left"):
        cache_space.make_room(tmp_path, 2**62)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, 50e9), ("", 50e9), ("0", 0), ("2.5", 2.5e9), ("1e3", 1e12)],
)
def test_the_limit_is_in_gigabytes(monkeypatch, text, expected):
    if text is None:
        monkeypatch.delenv("TFGAN_REF_CACHE_LIMIT", raising=False)
    else:
        monkeypatch.setenv("TFGAN_REF_CACHE_LIMIT", text)
    assert cache_space.limit() == expected


@pytest.mark.parametrize("text", ["50GB", "-1", "nan", "inf", "ten"])
def test_a_limit_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("TFGAN_REF_CACHE_LIMIT", text)
    with pytest.raises(UserError) as caught:
        cache_space.limit()
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert "TFGAN_REF_CACHE_LIMIT" in message
    assert message.endswith(f"Received: {text!r}")
