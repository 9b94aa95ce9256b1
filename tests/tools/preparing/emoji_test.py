"""Preparing the set emoji, from files and from stand-ins for Debian."""

import sys

import pytest

from tests.data import emoji_files
from tests.data.files import assert_one_line
from tfgan_ref.data import emoji as reader
from tfgan_ref.errors import UserError
from tools import prepare_data
from tools.preparing import emoji

APT_GET = """
import os, sys
command, package = sys.argv[1:]
assert command == "download"
if not os.path.isdir(os.path.join({packages!r}, package)):
    raise SystemExit(100)
open(package + "_1_all.deb", "w").close()
"""
DPKG = """
import shutil, sys
flag, package, folder = sys.argv[1:]
assert flag == "-x"
name = package.partition("_")[0]
shutil.copytree({packages!r} + "/" + name, folder)
"""
FONTS = "fonts-noto-color-emoji/usr/share/fonts/truetype/noto"
UNICODE = "unicode-data/usr/share/unicode/emoji"


@pytest.fixture
def files(tmp_path):
    """A font and a table of names."""
    folder = emoji_files.write(tmp_path / "files")
    return folder / reader.FONT, folder / reader.NAMES


@pytest.fixture
def packages(tmp_path, monkeypatch, files):
    """What Debian has, its programs stood in for."""
    root = tmp_path / "packages"
    for place, path in zip((FONTS, UNICODE), files, strict=True):
        (root / place).mkdir(parents=True)
        path.replace(root / place / path.name)
        package = place.partition("/")[0]
        copyright = root / package / "usr/share/doc" / package / "copyright"
        copyright.parent.mkdir(parents=True)
        copyright.write_text(f"the terms of {package}")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("apt-get", APT_GET), ("dpkg", DPKG)):
        script = tmp_path / f"{name}.py"
        script.write_text(text.format(packages=str(root)))
        program = programs / name
        program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -S "{script}" "$@"\n'
        )
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    return root


def run(*flags):
    prepare_data.main(prepare_data._parse_flags(["--dataset=emoji", *flags]))


def test_debians_packages_are_laid_down_with_their_terms(
    packages, tmp_path, capsys
):
    run(f"--data_dir={tmp_path / 'd'}")
    said = capsys.readouterr().out
    for part in ("7 pictures", "unicode-data", "Copyright 1999", "Free for"):
        assert part in said
    source = reader.open_source(str(tmp_path / "d"), "train")
    assert source.captions[-1] == "wrench"
    for package in ("fonts-noto-color-emoji", "unicode-data"):
        path = tmp_path / "d" / "emoji" / f"{package}.copyright"
        assert path.read_text() == f"the terms of {package}"


def test_two_files_are_as_good(files, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    font, names = files
    done = emoji.prepare(str(tmp_path / "d"), str(font), str(names))
    assert done.source == f"7 pictures, {font} and {names}"
    for path in files:
        written = tmp_path / "d" / "emoji" / path.name
        assert written.read_bytes() == path.read_bytes()
    assert emoji.prepare(str(tmp_path / "d")) == ("prepared before", "")
    # Of files that are given, what was prepared before is no reason to pass.
    names.write_text("# group: A\n1F600 ; fully-qualified # x E1.0 grin")
    done = emoji.prepare(str(tmp_path / "d"), str(font), str(names))
    assert done.source.startswith("1 pictures")
    source = reader.open_source(str(tmp_path / "d"), "train")
    assert source.captions == ["grin"]


def test_one_file_without_the_other_is_refused(files, tmp_path):
    with pytest.raises(UserError) as caught:
        emoji.prepare(str(tmp_path / "d"), font=str(files[0]))
    assert_one_line(caught, "--font and --emoji_test", files[0])


@pytest.mark.parametrize("place", [FONTS, UNICODE])
def test_without_a_package_the_flags_are_asked_for(packages, tmp_path, place):
    package = place.partition("/")[0]
    (packages / package).rename(tmp_path / "away")
    with pytest.raises(UserError) as caught:
        emoji.prepare(str(tmp_path / "d"))
    assert_one_line(caught, package, "--font", "--emoji_test")
    assert not (tmp_path / "d").exists()


def test_nothing_is_written_of_what_is_no_font(files, tmp_path):
    font, names = files
    with pytest.raises(UserError) as caught:
        emoji.prepare(str(tmp_path / "d"), str(names), str(names))
    assert_one_line(caught, names, "CBDT")
    font.unlink()
    with pytest.raises(UserError) as caught:
        emoji.prepare(str(tmp_path / "d"), str(font), str(names))
    assert_one_line(caught, font, "No such file")
    assert not (tmp_path / "d").exists()


def test_a_file_in_the_way_is_refused(files, tmp_path):
    (tmp_path / "d").touch()
    with pytest.raises(UserError) as caught:
        emoji.prepare(str(tmp_path / "d"), *map(str, files))
    assert_one_line(caught, "Cannot write", tmp_path / "d")
