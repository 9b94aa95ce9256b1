"""Processes that find TensorFlow imported, which takes five seconds of each.

They are forked from one that has done nothing else.
"""

import multiprocessing
import os
import pathlib
import runpy
import subprocess
import sys
import tempfile

from tests import waiting

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tfgan_ref", "keras"])


def call(function, *args):
    """Calls a function of a module there; returns the exit status."""
    process = _SERVER.Process(
        target=_as_here, args=(dict(os.environ), os.getcwd(), function, *args)
    )
    process.start()
    process.join(waiting.SECONDS)
    return process.exitcode


def run(program, *arguments):
    """Runs a file as `python program arguments...` would.

    Returns:
        `subprocess.CompletedProcess`, whose outputs are str.
    """
    command = [str(program), *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        status = call(_main, command, folder)
        said = [pathlib.Path(folder, str(n)).read_text() for n in (1, 2)]
    return subprocess.CompletedProcess(command, status, *said)


def _as_here(environment, folder, function, *args):
    # The server's are those of the first that asked it.
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    function(*args)


def _main(command, folder):
    for number in (1, 2):
        file = os.open(f"{folder}/{number}", os.O_CREAT | os.O_WRONLY)
        os.dup2(file, number)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    sys.argv = command
    sys.path.insert(0, str(pathlib.Path(command[0]).parent))
    runpy.run_path(command[0], run_name="__main__")
