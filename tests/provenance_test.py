import os
import pathlib
import subprocess
import sys

import pytest
import tensorflow as tf

from tfgan_ref import provenance


def test_versions_are_those_of_the_imported_packages():
    versions = provenance.versions()
    assert versions["tensorflow"] == tf.__version__
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen"
)
def test_hardware_counts_the_cores_that_the_process_may_use():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert provenance.hardware()["cores"] == 1
    finally:
        os.sched_setaffinity(0, before)


def test_the_command_is_the_one_that_was_typed():
    code = "from tfgan_ref import provenance; print(provenance.command())"
    done = subprocess.run(
        [sys.executable, "-c", code, "--name=two words"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "python -c '--name=two words'\n"


class Repository:
    """A real one, with one commit."""

    def __init__(self, folder):
        self.folder = folder
        self.git("init", "--quiet")
        self.write("README.md")
        self.commit()

    def git(self, *arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@b")
        return subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def write(self, name):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
        return path

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=One")


@pytest.fixture
def repository(tmp_path):
    # In what a project may be called.
    folder = tmp_path / "a [b] *"
    folder.mkdir()
    return Repository(folder)


def test_a_checkout_of_its_own_tells_its_commit(repository, monkeypatch):
    path = repository.write("tfgan_ref/provenance.py")
    monkeypatch.setattr(provenance, "__file__", str(path))
    assert provenance.revision() == "unknown"  # Of this file there is none.
    repository.commit()
    commit = repository.git("rev-parse", "HEAD")
    assert provenance.revision() == commit and len(commit) == 40
    repository.write("untracked.txt")
    assert provenance.revision() == commit
    path.write_text("changed")
    assert provenance.revision() == f"{commit}-dirty"


@pytest.mark.parametrize("committed", [False, True])
def test_a_package_within_another_repository_has_no_revision(
    repository, monkeypatch, committed
):
    path = repository.write("venv/site-packages/tfgan_ref/provenance.py")
    if committed:
        repository.commit()
    monkeypatch.setattr(provenance, "__file__", str(path))
    assert provenance.revision() == "unknown"


def test_a_package_outside_of_every_repository_has_no_revision(monkeypatch):
    path = pathlib.Path(os.sep, "nosuch", "tfgan_ref", "provenance.py")
    monkeypatch.setattr(provenance, "__file__", str(path))
    assert provenance.revision() == "unknown"
