import os
import pathlib
import stat
import subprocess

import pytest

from tfgan_ref.errors import UserError
from tfgan_ref.outputs import check_writable, write_bytes


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    target = tmp_path / "name"
    target.mkdir()
    with pytest.raises(UserError, match="Cannot write .*name"):
        write_bytes(target, b"content")
    assert names(tmp_path) == ["name"]


def test_a_trial_leaves_nothing(tmp_path):
    there = tmp_path / "there"
    there.write_text("mine")
    before = there.stat()
    check_writable(there, tmp_path / "new", tmp_path / "a" / "b" / "new")
    assert names(tmp_path) == ["there"]
    assert there.stat() == before  # Before it is read, which is a time as well.
    assert there.read_text() == "mine"


def test_a_trial_leaves_folders_that_were_there(tmp_path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    check_writable(folder / "new", folder / "c" / "new")
    assert names(folder) == [] and folder.is_dir()


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name in ("folder", "fifo"):
        with pytest.raises(UserError, match=f"write .*{name}: .*no file"):
            check_writable(tmp_path / "new", tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)
    assert names(tmp_path) == ["fifo", "folder"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("file/new", "File exists"),
        ("file/a/new", "Not a directory"),
        ("a/" + "n" * 256, "name too long"),
        ("a/" + "n" * 250, "name too long"),  # That of the unfinished file.
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(name, reason, tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "b").mkdir()
    with pytest.raises(UserError, match=f"Cannot write .*{reason}") as error:
        check_writable(tmp_path / "b" / "new", tmp_path / name)
    assert "\n" not in str(error.value)
    assert names(tmp_path) == ["b", "file"] and not names(tmp_path / "b")


def test_where_nothing_can_be_made_is_refused():
    # Nobody, root included, makes files or folders here.
    for name in ("new", "folder/new"):
        with pytest.raises(UserError, match=f"Cannot write /proc/.*{name}"):
            check_writable(pathlib.Path("/proc/self") / name)


def test_a_file_system_that_is_read_only_is_refused(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(tmp_path)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can make a read-only file system")
    try:
        with pytest.raises(UserError, match="new: Read-only file system"):
            check_writable(tmp_path / "new")
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
