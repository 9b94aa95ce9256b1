import os
import time

import numpy as np
import pytest
from PIL import Image

from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tools import cache as tool


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache."""
    path = tmp_path / "kept"
    monkeypatch.setenv("TFGAN_REF_CACHE", str(path))
    return path


@pytest.fixture
def name(tmp_path):
    (tmp_path / "own").mkdir()
    for number in range(3):
        picture = np.full([500, 400, 3], number, np.uint8)
        Image.fromarray(picture).save(tmp_path / "own" / f"{number}.png")
    return f"folder:{tmp_path / 'own'}"


def printed(capsys, *arguments):
    tool.main(tool._parse_flags(arguments))
    return capsys.readouterr().out.splitlines()


def test_it_shows_what_is_kept_the_last_used_first(name, kept, capsys):
    images.load(name)
    (first,) = kept.iterdir()
    images.load(name, image_size=8, channels=1)
    (second,) = set(kept.iterdir()) - {first}
    now = time.time()
    for path, used in ((first, now), (second, now - 7200)):
        os.utime(path, (used, used))
    one, other, total = printed(capsys)
    assert one.split()[:2] == ["1.4", "MB"]
    assert time.strftime(" %Y-%m-%d %H:%M ", time.localtime(now)) in one
    assert f'3 images of 400x400x3: "{name}", split "train"' in one
    assert "3 images of 8x8x1" in other
    assert total == f"2 data sets, 1.4 MB, in {kept}; its limit is 50.0 GB"


def test_classifiers_and_scores_are_shown_and_deleted_as_well(kept, capsys):
    assert len(printed(capsys)) == 1
    for name in ("classifiers", "scores"):
        (kept / name).mkdir(parents=True)
        (kept / name / "mine.json").write_text("mine")
        (kept / name / f"{'0a' * 32}.json").write_bytes(bytes(500_000))
    (kept / "classifiers" / f"{'0a' * 32}.keras").write_bytes(bytes(700_000))
    line, _ = printed(capsys)
    assert line.split() == "1.7 MB classifiers and scores, 3 files".split()
    printed(capsys, "--empty")
    assert {path.name for path in kept.glob("*/*")} == {"mine.json"}


def test_it_empties_the_cache_of_its_own_files(name, kept, capsys):
    images.load(name)
    (kept / "mine.images").write_text("mine")
    *gone, total = printed(capsys, "--empty")
    assert len(gone) == 1
    assert total.startswith(f"1 data sets, 1.4 MB, deleted from {kept}")
    assert [path.name for path in kept.iterdir()] == ["mine.images"]
    assert images.load(name).images.shape == (3, 400, 400, 3)


def test_what_it_does_not_know_is_named_so(kept, capsys):
    kept.mkdir()
    for letter, suffix, content in (
        ("a", ".npy", b"\x93NUMPY"),
        ("b", ".images", b""),
        ("c", ".images", b"x" * 100),
    ):
        (kept / (letter * 64 + suffix)).write_bytes(content)
    *lines, total = printed(capsys)
    assert len(lines) == 3
    assert all("of another version, or damaged" in line for line in lines)
    assert total.startswith("3 data sets, 0.0 MB")


@pytest.mark.parametrize("flags", [[], ["--empty"]])
def test_a_cache_that_is_not_there_is_empty(kept, capsys, flags):
    (line,) = printed(capsys, *flags)
    assert line.startswith("0 data sets, 0.0 MB")
    assert not kept.exists()


def test_a_wrong_flag_is_one_line(capsys):
    with pytest.raises(SystemExit) as caught:
        tool._parse_flags(["--clear"])
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: unrecognized arguments: --clear")


@pytest.mark.parametrize("flags", [[], ["--empty"]])
def test_a_folder_that_cannot_be_read_is_refused(kept, capsys, flags):
    kept.write_text("mine")
    with pytest.raises(UserError, match="^Cannot use the cache: Not a dir"):
        printed(capsys, *flags)
    assert kept.read_text() == "mine"
