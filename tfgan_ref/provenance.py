"""Where a number comes from: command, revision, versions, hardware."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import platform
import shlex
import subprocess
import sys

from tfgan_ref import runtime

_PACKAGES = ("tensorflow", "keras", "tensorflow-datasets", "numpy")


def describe() -> dict[str, object]:
    """Returns what a recorded run says about its circumstances, as JSON."""
    return {
        "command": command(),
        "revision": revision(),
        "versions": versions(),
        "hardware": hardware(),
    }


def command() -> str:
    """The command line of this process, as typed from the checkout's root."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    program = ["-m", spec.name] if spec else [_relative(sys.argv[0])]
    return shlex.join(["python", *program, *sys.argv[1:]])


def revision() -> str:
    """Git's commit of the checkout, `-dirty` if it has changes.

    `unknown` where this package is in no checkout of its own, such as one that
    is installed within another project's.
    """
    path = pathlib.Path(__file__)
    root = path.parents[1]
    try:
        top = _git(root, "rev-parse", "--show-toplevel")
        if not os.path.samefile(top, root):
            return "unknown"
        mine = str(path.relative_to(root))
        _git(root, "ls-files", "--error-unmatch", mine)
        commit = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + "-dirty" * bool(changed)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that compute."""
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version()} | found


def hardware() -> dict[str, object]:
    """The CPU's name, the cores this process may use, the GPUs."""
    import tensorflow as tf

    return {
        "cpu": _cpu_name(),
        "cores": runtime.available_cores(),
        "gpus": len(tf.config.list_physical_devices("GPU")),
    }


def _git(root: pathlib.Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def _cpu_name() -> str:
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2] for line in lines if "model name" in line]
    return names[0].strip() if names else platform.processor()


def _relative(path: str) -> str:
    return os.path.relpath(path) if os.path.isabs(path) else path
