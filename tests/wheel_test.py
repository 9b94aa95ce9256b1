"""What `pip install .` installs works without the checkout."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

import tfgan_ref

ROOT = pathlib.Path(__file__).resolve().parents[1]
OURS = ("recipes", "tfgan_ref", "tools")
# Runs a recipe as `python -m` does, and says where its modules are from.
PROGRAM = f"""
import runpy, sys
try:
    runpy.run_module("recipes.dcgan", run_name="__main__", alter_sys=True)
finally:
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] in {OURS}:
            print("from", module.__file__)
"""


def pip(*arguments):
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(
        [sys.executable, "-m", "pip", *arguments, *quiet], check=True
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: builds leave files in their folder."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in OURS:
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("README.md", "LICENSE", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, source)
    pip("wheel", str(source), f"--wheel-dir={folder}", "--no-build-isolation")
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel):
    folder = wheel.parent / "installed"
    pip("install", str(wheel), f"--target={folder}")
    return folder


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


def test_the_wheel_has_one_version_and_every_module_of_users(wheel):
    assert wheel.name == f"tfgan_ref-{tfgan_ref.__version__}-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            assert (name in names) != name.startswith("tools/dev/"), name
    assert {"tfgan_ref/py.typed", "tools/serving/models.config"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {*OURS, f"tfgan_ref-{tfgan_ref.__version__}.dist-info"}


def test_a_recipe_and_a_tool_run_from_it_alone(installed):
    given = ["--dataset=digits", "--workdir=none", "--dry_run"]
    done = run(installed, "-c", PROGRAM, *given)
    assert done.returncode == 0, done.stderr
    assert "Dry run: nothing was trained" in done.stdout
    files = re.findall(r"^from (.*)$", done.stdout, re.MULTILINE)
    assert len(files) > 20
    for file in files:
        assert pathlib.Path(file).is_relative_to(installed)
    assert not (installed / "none").exists()
    for program in ("recipes.dcgan", "tools.generate"):
        said = run(installed, "-m", program, "--help")
        assert (said.returncode, said.stderr) == (0, "")
        assert "--out" in said.stdout or "--workdir" in said.stdout
