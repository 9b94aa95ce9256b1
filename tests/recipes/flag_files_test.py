import pytest

from recipes.common import flag_files
from tfgan_ref.errors import UserError

LINES = "--width=4\r\n\r\n# --width=5\r\n// no\r\n  --game=minimax \r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", ["--flagfile={}", "--flagfile"])
def test_flags_of_a_file_stand_in_its_place(encoding, form, tmp_path):
    path = tmp_path / "a=b.flags"
    path.write_bytes(LINES.encode(encoding))
    given = [form.format(path)] if "{" in form else [form, str(path)]
    assert flag_files.expanded(["--seed=1", *given, "--seed=2"]) == [
        *("--seed=1", "--width=4", "--game=minimax", "--seed=2")
    ]


def test_files_name_others_but_not_themselves(tmp_path):
    inner, outer = tmp_path / "inner", tmp_path / "outer"
    inner.write_text("--width=4\n")
    outer.write_text(f"--seed=1\n--flagfile={inner}\n--flagfile={inner}\n")
    found = flag_files.expanded([f"--flagfile={outer}"])
    assert found == ["--seed=1", "--width=4", "--width=4"]
    inner.write_text(f"--flagfile={outer}\n")
    with pytest.raises(UserError, match=f"--flagfile={outer} has itself in it"):
        flag_files.expanded([f"--flagfile={outer}"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--flagfile=nosuch"], "^Cannot read nosuch: No such file"),
        (["--flagfile=/dev/zero"], "it is no file"),
        (["--flagfile"], "no file"),
        (["--flagfile="], "no file"),
    ],
)
def test_a_file_that_is_none_is_one_line(arguments, said):
    with pytest.raises(UserError, match=said):
        flag_files.expanded(arguments)


def test_what_follows_two_dashes_is_left_alone():
    assert flag_files.expanded(["--", "--flagfile=x"]) == ["--", "--flagfile=x"]
