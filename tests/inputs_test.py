import codecs
import os

import pytest

from tfgan_ref import inputs
from tfgan_ref.errors import UserError

TEXT = "--width=4\n# Größe\n"


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "a [1]*"
    path.write_bytes(b"\0one\n\xff")
    assert inputs.read_bytes(path) == b"\0one\n\xff"
    assert inputs.read_bytes(str(path), limit=6) == b"\0one\n\xff"


def make_loop(path):
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkdir, "it is a folder"),
        (os.mkfifo, "it is no file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is no file"),
        (make_loop, "Too many levels of symbolic links"),
        (lambda path: path.write_bytes(b"7" * 8), "7 bytes were .*: 8"),
    ],
    ids=["folder", "pipe", "device", "loop", "large"],
)
def test_what_is_no_file_is_one_line_at_once(make, said, tmp_path):
    path = tmp_path / "x"
    make(path)
    with pytest.raises(UserError, match=f"^Cannot read {path}: .*{said}$"):
        inputs.read_bytes(path, limit=7)
    if "bytes" not in said:
        with pytest.raises(UserError, match=f"^Cannot read {path}: .*{said}$"):
            inputs.check_regular(path)


def test_a_missing_file_is_told_from_others(tmp_path):
    for read in inputs.read_bytes, inputs.read_text, inputs.check_regular:
        with pytest.raises(inputs.MissingFile, match="No such file"):
            read(tmp_path / "x")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
)
def test_text_is_read_as_editors_write_it(content, tmp_path):
    (tmp_path / "x").write_bytes(content)
    assert inputs.read_text(tmp_path / "x") == TEXT


@pytest.mark.parametrize("content", [b"caf\xe9", codecs.BOM_UTF16_LE + b"a"])
def test_what_is_no_text_is_one_line(content, tmp_path):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UserError, match="x: text in UTF-8 was expected"):
        inputs.read_text(tmp_path / "x")
