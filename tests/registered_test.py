"""A fresh process knows by name whatever of the package can be saved."""

import pathlib
import subprocess
import sys

import tfgan_ref

ROOT = pathlib.Path(tfgan_ref.__file__).parent
# The first writes the name in a message; the others are saved by themselves.
OTHERS = {"safe_networks", "imitation.networks"}


def test_importing_one_module_is_enough():
    parts = [
        path.relative_to(ROOT).with_suffix("").parts
        for path in ROOT.rglob("*.py")
        if "keras_serializable(" in path.read_text(encoding="utf-8")
    ]
    names = {".".join(part) for part in parts} - OTHERS
    assert len(names) > 30
    code = "import sys, tfgan_ref.registered; print(*sys.modules)"
    known = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {f"tfgan_ref.{name}" for name in names} - {*known}
