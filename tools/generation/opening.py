"""The model that flags name, and the files that they allow to be written."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

from tfgan_ref import documents, inference, picture_files, precision
from tfgan_ref.errors import UserError
from tfgan_ref.outputs import check_writable

_SETTINGS = {
    f"{name}?": (str, None)
    for name in ("dataset", "split", "data_dir", "fit", "background")
}


def load(flags) -> inference.Model:
    """The model of the flags of `flags.add_common`.

    Raises:
        UserError: there is none, or it is damaged.
    """
    if flags.bfloat16:
        precision.warn_of_emulation()
    return inference.load(
        flags.model,
        checkpoint=flags.checkpoint,
        averaged=flags.ema,
        bfloat16=flags.bfloat16,
    )


def settings(model: inference.Model) -> dict:
    """The flags of its run, where the model tells them.

    Raises:
        UserError: they are damaged.
    """
    found = model.card.get("settings", {})
    documents.check(model.path, found, _SETTINGS)
    return found


def background(model: inference.Model) -> picture_files.Colour:
    """The colour that its run laid transparent images on."""
    name = settings(model).get("background") or "white"
    return picture_files.parse_colour(name)


def free(flags, *names: str) -> Sequence[pathlib.Path]:
    """Files in the folder --out.

    Raises:
        UserError: as of `unused`, or --out is no folder.
    """
    folder = pathlib.Path(flags.out).expanduser()
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--out must be a folder. Received: {folder}")
    return unused(flags, [folder / name for name in names])


def unused(flags, paths: Sequence[pathlib.Path]) -> Sequence[pathlib.Path]:
    """Paths as they are.

    Raises:
        UserError: one cannot be written, or is there without --overwrite.
    """
    check_writable(*paths)
    there = [path for path in paths if path.exists()]
    if there and not flags.overwrite:
        raise UserError(
            f"{there[0]} is there already: choose another --out or give "
            "--overwrite"
        )
    return paths
