import pathlib
import subprocess
import sys
import tempfile
import textwrap

import pytest

from tfgan_ref.errors import UserError, own_names, reason
from tfgan_ref.literal_path import literal

# Each with a neighbour that it is a pattern of.
NAMES = {
    "seed[1]": "seed1",
    "*": "seed1",
    "seed?": "seed1",
    "seed\\1": "seed1",
    "caf\udce9": "cafe",
}
PATTERNS = set("*?[]\\")


@pytest.mark.parametrize("name", ["run", "two words", "\N{SNOWMAN} {a}", "~x"])
def test_a_plain_folder_keeps_its_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert literal(tmp_path / name) == str(tmp_path / name)
    assert literal(name) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_link_leads_to_the_folder_and_to_no_other(tmp_path, name):
    neighbour = tmp_path / NAMES[name]
    for folder in (tmp_path / name, neighbour):
        folder.mkdir()
    link = literal(tmp_path / name)
    assert not PATTERNS & set(link) and link.isascii()
    (pathlib.Path(link) / "file").write_text("content")
    assert (tmp_path / name / "file").read_text() == "content"
    assert not list(neighbour.iterdir())
    assert literal(str(tmp_path / name)) == link


def test_what_is_in_such_a_folder_has_links_too(tmp_path, monkeypatch):
    (tmp_path / "seed[1]" / "run").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "seed[1]")
    for folder in ("run", tmp_path / "seed[1]" / "run"):
        assert pathlib.Path(literal(folder)).samefile("run")
        assert not PATTERNS & set(literal(folder))


def test_messages_have_the_folders_own_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    link = literal("seed[1]")
    assert reason(ValueError(f"{link}/ckpt-1: no")) == "seed[1]/ckpt-1: no"
    assert own_names(f"at {link}") == "at seed[1]"


def test_links_end_with_the_process_and_folders_do_not(tmp_path):
    folders = [tmp_path / "seed[1]", tmp_path / "tmp[1]"]
    for folder in folders:
        folder.mkdir()
        (folder / "file").touch()
    program = """
        import sys, tempfile
        from tfgan_ref.literal_path import literal
        print(literal(sys.argv[1]))
        tempfile.tempdir = sys.argv[2]  # As TMPDIR would have it.
        print(literal(sys.argv[2]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *folders],
        check=True,
        capture_output=True,
        text=True,
    )
    links = done.stdout.splitlines()
    assert len(set(links)) == 2 and not PATTERNS & set(done.stdout)
    for link in links:
        assert not pathlib.Path(link).parent.exists()
    assert all((folder / "file").exists() for folder in folders)


def test_where_no_link_can_be_made_the_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match=r"\*.*no place for a link.*No such"):
        literal(tmp_path / "*")
