"""The splits of a user's folder: `train/`, `val/`, `test/`, or parts."""

from __future__ import annotations

import pathlib
import re
from typing import NamedTuple

from tfgan_ref.data import tree
from tfgan_ref.data.notes import Notes, shown, some
from tfgan_ref.errors import UserError

# The names of folders, in small letters, and of splits.
_SPELLINGS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
_SPLIT = re.compile(r"([a-z]+)(?:\[(?:(\d{1,3})%)?:(?:(\d{1,3})%)?\])?")


class Split(NamedTuple):
    """What `train` or `val[20%:60%]` asks for.

    Attributes:
        name: `train`, `val` or `test`.
        first: where it begins, in percent of each class.
        last: where it ends.
    """

    name: str
    first: int
    last: int

    def part(self, items: list) -> list:
        """Those of one class that belong to it."""
        ends = (len(items) * percent // 100 for percent in self[1:])
        return items[slice(*ends)]


def parse(split: str) -> Split:
    """Reads the name of a split.

    Raises:
        UserError: it is none.
    """
    match = _SPLIT.fullmatch(split)
    name = _SPELLINGS.get(match[1]) if match else None
    first, last = (
        (int(match[2] or 0), int(match[3] or 100)) if match else (0, 0)
    )
    if name is None or not first < last <= 100:
        raise UserError(
            "The splits of a folder are train, val, test and parts of each "
            f"class such as train[:80%] and train[80%:]. Received: {split!r}"
        )
    return Split(name, first, last)


def find(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """The folders of the splits, empty where a folder is not divided.

    It is where `train/` stands beside another split or by itself.

    Raises:
        UserError: it cannot be read, or has a split twice.
    """
    folders = tree.listing(folder).folders
    found: dict[str, pathlib.Path] = {}
    for path in folders:
        name = _SPELLINGS.get(path.name.lower())
        if name in found:
            raise UserError(
                f"{folder} holds {found[name].name} and {path.name}, which "
                "are one split: join them or rename one"
            )
        if name:
            found[name] = path
    is_divided = "train" in found and (len(found) > 1 or len(folders) == 1)
    order = dict.fromkeys(_SPELLINGS.values())
    return {n: found[n] for n in order if n in found} if is_divided else {}


def choose(
    folder: pathlib.Path, found: dict[str, pathlib.Path], name: str
) -> pathlib.Path:
    """The folder of a split; that of `val` for a `test` that is not there.

    Args:
        folder: of all.
        found: of `find`.
        name: of the split.

    Raises:
        UserError: there is no such split.
    """
    if not found and name == "train":
        return folder
    if not found:
        raise UserError(
            f"{folder} has no folders train/ and {name}/: all of it is the "
            f"split train, with parts such as train[:80%]. Received: {name!r}"
        )
    taken = "val" if name == "test" and name not in found else name
    if taken not in found:
        raise UserError(
            f"{folder} has the splits {', '.join(found)}. Received: {name!r}"
        )
    return found[taken]


def tell(
    folder: pathlib.Path,
    found: dict[str, pathlib.Path],
    chosen: pathlib.Path,
    notes: Notes,
) -> None:
    """Says of a folder that is divided what was taken and what is left."""
    if not found:
        return
    splits = ", ".join(found)
    notes.say(
        f"{shown(folder)} has the splits {splits}: {chosen.name}/ is taken"
    )
    here = tree.listing(folder)
    left = [path for paths in here for path in paths]
    names = [shown(path.name) for path in left if path not in found.values()]
    if names:
        notes.warn(
            f"{shown(folder)}: not used, since beside the splits {splits}: "
            f"{some(names)}"
        )
