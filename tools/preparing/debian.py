"""Files of Debian's packages, downloaded and unpacked without root."""

from __future__ import annotations

import pathlib
import shutil
import subprocess


def unpack(package: str, scratch: pathlib.Path) -> pathlib.Path | None:
    """Downloads a package and unpacks it.

    Args:
        package: its name.
        scratch: an empty folder.

    Returns:
        The folder that stands for `/`; None where there is no apt or no such
        package.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return None
    try:
        _run("apt-get", "download", package, cwd=scratch)
        (path,) = scratch.glob("*.deb")
        _run("dpkg", "-x", path.name, "unpacked", cwd=scratch)
    except (subprocess.CalledProcessError, ValueError):
        return None
    return scratch / "unpacked"


def _run(*command: str, cwd: pathlib.Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
