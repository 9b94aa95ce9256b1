import pytest

from recipes.common.flag_files import expand
from tfgan_ref.errors import UserError

TEXT = "--a=1\r\n\r\n# --b=2\r\n  // --c=3\r\n--d=ü 4\r\n"
LINES = ["--a=1", "--d=ü 4"]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-32"],
)
def test_a_file_is_read_in_the_encoding_that_it_tells(tmp_path, encoding):
    path = tmp_path / "flags"
    path.write_bytes(TEXT.encode(encoding))
    given = ["--x=0", f"--flagfile={path}", "--y=9"]
    assert expand(given) == ["--x=0", *LINES, "--y=9"]
    assert expand(["-flagfile", str(path)]) == LINES


def test_a_byte_order_mark_of_the_other_order_is_known(tmp_path):
    path = tmp_path / "flags"
    path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert expand([f"--flagfile={path}"]) == LINES


@pytest.mark.parametrize(
    "content",
    [b"--a=caf\xe9\n", "--a=1".encode("utf-16-le"), b"\xff\xfe-\0-", b"\0"],
)
def test_another_encoding_is_one_line(tmp_path, content):
    path = tmp_path / "flags"
    path.write_bytes(content + b"\n" * (content[:1] != b"\xff"))
    if content[:1] == b"\xff":
        path.write_bytes(content + b"\xd8")
    with pytest.raises(UserError, match="text in UTF-8 was expected") as error:
        expand([f"--flagfile={path}"])
    assert len(str(error.value).splitlines()) == 1


def test_a_file_may_name_others_but_not_itself(tmp_path):
    (tmp_path / "inner").write_text("--a=1\n")
    outer = tmp_path / "outer"
    outer.write_text(f"--flagfile={tmp_path / 'inner'}\n--b=2\n" * 2)
    assert expand([f"--flagfile={outer}"]) == ["--a=1", "--b=2"] * 2
    (tmp_path / "inner").write_text(f"--flagfile={outer}\n")
    with pytest.raises(UserError, match="outer names itself"):
        expand([f"--flagfile={outer}"])


def test_what_stands_behind_two_dashes_is_no_flag():
    assert expand(["--", "--flagfile=x"]) == ["--", "--flagfile=x"]


@pytest.mark.parametrize("name", ["nowhere", "", "."])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="Cannot read --flagfile="):
        expand([f"--flagfile={name}"])
