import os
import subprocess
import sys

import tensorflow as tf

from tfgan_ref import provenance


def test_versions_are_those_of_the_imported_packages():
    versions = provenance.versions()
    assert versions["tensorflow"] == tf.__version__
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))


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
