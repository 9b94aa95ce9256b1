"""Folders of runs that follow one another: a pyramid's levels, two stages."""

from __future__ import annotations

import os
import pathlib

from tfgan_ref.errors import UserError

_KINDS = ("level", "stage")


def runs(path: str | os.PathLike) -> dict[str, list[pathlib.Path]]:
    """`level` or `stage` -> the folders of its runs, in order, if any.

    Args:
        path: of the folder that holds them.
    """
    folder = pathlib.Path(path).expanduser()
    found = {
        kind: sorted(x.parent for x in folder.glob(f"{kind}_*/config.json"))
        for kind in _KINDS
    }
    return {kind: paths for kind, paths in found.items() if paths}


def check_free(path: str | os.PathLike, kind: str | None = None) -> None:
    """Refuses a folder that holds another kind of run than is to be in it.

    Args:
        path: of the folder.
        kind: `level` or `stage`, of the runs that are to be in it; None: one
            run that is to be there itself.

    Raises:
        UserError: it holds others.
    """
    folder = pathlib.Path(path).expanduser()
    for other, paths in runs(folder).items():
        if other != kind:
            raise UserError(
                f"{folder} holds {other}s, each a run of its own "
                f"({_named(paths)}). Choose another workdir"
            )
    if kind and (folder / "config.json").exists():
        raise UserError(
            f"{folder} holds a run (config.json), and a folder of {kind}s was "
            "expected. Choose another workdir"
        )


def check_is_one(path: str | os.PathLike) -> None:
    """Refuses a folder of several runs where one is asked for.

    Raises:
        UserError: it is one; which folders can be asked for.
    """
    folder = pathlib.Path(path).expanduser()
    for kind, paths in runs(folder).items():
        export = folder / "export"
        joint = f"; {export} is what they make together"
        raise UserError(
            f"{folder} holds {kind}s, each a run of its own: {_named(paths)}"
            f"{joint if export.is_dir() else ''}"
        )


def _named(paths):
    return ", ".join(map(str, paths))
