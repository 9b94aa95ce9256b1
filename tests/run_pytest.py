"""Runs pytest on the files that the command line names; Bazel's `main`."""

import os
import sys

import pytest


def main(arguments):
    """Runs the tests where Bazel wants files and the report.

    Args:
        arguments: list of str, of pytest.

    Returns:
        int, pytest's exit status.
    """
    options = ["-p", "no:cacheprovider"]
    if scratch := os.environ.get("TEST_TMPDIR"):
        options.append(f"--basetemp={scratch}/pytest")
    if report := os.environ.get("XML_OUTPUT_FILE"):
        options.append(f"--junitxml={report}")
    return pytest.main([*options, *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
