import os
import pathlib
import subprocess
import sys

import pytest
import tensorflow as tf

from tfgan_ref import errors

ROOT = pathlib.Path(__file__).parents[1]
HINT = "TFGAN_REF_TRACEBACK=1 tells where"


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "recipes.toy", b"--workdir=caf\xe9"],
        [ROOT / "tools/export.py", "--workdir=run", b"--out=caf\xe9"],
    ],
)
def test_arguments_that_are_no_utf8_are_refused_at_once(command, tmp_path):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: A name in UTF-8 was expected. Received: '--")
    assert line.endswith("=caf\\udce9'")
    assert not list(tmp_path.iterdir())


def fail(error):
    raise error


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (errors.UserError("no\x1b[2J\nsuch \u202e"), r"no\x1b[2J\nsuch \u202e"),
        (RecursionError("too deep"), f"RecursionError: too deep ({HINT})"),
        (
            OverflowError("int too large"),
            f"OverflowError: int too large ({HINT})",
        ),
        (MemoryError("1 TiB"), "Not enough memory. 1 TiB"),
        (MemoryError(), "Not enough memory. MemoryError()"),
        (
            tf.errors.ResourceExhaustedError(
                None, None, "{{function_node __wrapped__Fill}} OOM of\ntensors"
            ),
            f"ResourceExhaustedError: OOM of ({HINT})",
        ),
        (
            FileNotFoundError(2, "No such file or directory", "a/b"),
            "No such file or directory: a/b",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_is_raised_is_one_line(error, line, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program"])
    with pytest.raises(SystemExit) as caught:
        errors.guard(fail, error)
    assert caught.value.code == 1
    assert capsys.readouterr().err == f"error: {line}\n"


def test_a_traceback_is_there_for_who_asks(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program"])
    monkeypatch.setenv("TFGAN_REF_TRACEBACK", "1")
    with pytest.raises(RecursionError):
        errors.guard(fail, RecursionError())


def test_a_status_passes_through(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program"])
    assert errors.guard(lambda status: status, 3) == 3
    with pytest.raises(SystemExit) as caught:
        errors.guard(sys.exit, 4)
    assert caught.value.code == 4


def started(code, redirection, **environment):
    """A small program in a shell, which redirects its streams."""
    program = f"import sys\nfrom tfgan_ref import errors\n{code}"
    return subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" {redirection}', sys.executable, program],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("code", "redirection", "said"),
    [
        ("errors.guard(print, 'x')", ">/dev/full", "no space left on the dev"),
        (
            "def main():\n  print('x' * 99)\n  sys.exit(0)\nerrors.guard(main)",
            ">/dev/full",
            "no space left on the device",
        ),
        (
            "def main():\n  input()\n  print('x' * 99999)\nerrors.guard(main)",
            "< <(sleep .5; echo) | true; exit ${PIPESTATUS[0]}",
            "Broken pipe",
        ),
    ],
    ids=["full", "full at exit", "pipe"],
)
def test_an_output_that_nobody_takes_is_one_line(
    code, redirection, said, unbuffered
):
    done = started(code, redirection, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ") and said in line
    assert "standard output" in line


def test_streams_that_are_closed_are_no_others_file(tmp_path):
    """The first file that is opened would be standard output to the system."""
    path = tmp_path / "mine"
    code = (
        "import os\n"
        "def main():\n"
        f"  with open({str(path)!r}, 'w') as file: file.write('mine')\n"
        "  print('shown'); os.write(1, b'x'); os.write(2, b'x')\n"
        "errors.guard(main)"
    )
    done = started(code, "<&- >&- 2>&-")
    assert (done.returncode, path.read_text()) == (0, "mine")


def test_text_that_an_output_cannot_show_is_escaped():
    done = started(
        "errors.guard(print, 'é\\udce9')", "", PYTHONIOENCODING="ascii"
    )
    assert (done.returncode, done.stdout) == (0, "\\xe9\\udce9\n")
