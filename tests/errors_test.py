import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]


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
