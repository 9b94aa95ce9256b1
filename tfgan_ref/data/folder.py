"""`folder:FOLDER`: picture files, in class subfolders and splits if any."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable

import numpy as np

from tfgan_ref import picture_files
from tfgan_ref.data import splits, tree
from tfgan_ref.data.notes import Notes, shown, some
from tfgan_ref.data.picture_set import PictureSet
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import WHITE, Colour
from tfgan_ref.picture_formats import Unreadable

_NO_FILE = "no file but a pipe, device or broken link"


def open_source(
    folder: str,
    split: str,
    background: Colour = WHITE,
    *,
    is_told: bool = True,
) -> Source:
    """Opens a folder of pictures of any size and format, grey or in colour.

    Pictures in the folder itself make an unlabelled set; if there are none,
    each subfolder is a class, in alphabetical order, with all that is below
    it, and the classes are mixed, always alike. Folders `train`, `val` and
    `test` above them are splits, which share the labels. What cannot be read is
    named in one warning.

    Args:
        folder: its path.
        split: `train`, `val`, `test`, or a part of each class such as
            `train[:80%]`.
        background: red, green and blue under what is transparent.
        is_told: whether what a user should know is logged.

    Raises:
        UserError: there is no such split, the folder cannot be read, it holds
            no picture that can be decoded, or the name of a class is no UTF-8.
    """
    root = pathlib.Path(folder)
    wanted = splits.parse(split)
    by_split = splits.find(root)
    chosen = splits.choose(root, by_split, wanted.name)
    notes = Notes(chosen, is_told)
    splits.tell(root, by_split, chosen, notes)
    pictures = PictureSet(chosen, background, notes)
    by_class = _see_all(chosen, pictures, notes)
    others = [path for path in by_split.values() if path != chosen]
    class_names = _class_names(by_class, others)
    parts = {n: wanted.part(paths) for n, paths in sorted(by_class.items())}
    pictures.files = _mixed(parts, class_names)
    if not pictures.files:
        raise UserError(f"{folder}: no image is in {split!r}")
    _tell_of_empty(folder, f"classes without an image in {split}", parts, notes)
    return Source(
        examples=pictures,
        natural_size=min(min(h.size) for h in pictures.headers.values()),
        channels=pictures.channels,
        class_names=class_names,
        sizes=[header.size for header in pictures.headers.values()],
        count=len(pictures.files),
        files=[str(path.relative_to(chosen)) for path, _ in pictures.files],
        notes=notes,
    )


def _mixed(by_class, class_names):
    """Pairs of a path and a label, not class by class.

    Of many data sets the first images alone are looked at.
    """
    listed = [
        (path, class_names.index(name) if name else -1)
        for name, paths in by_class.items()
        for path in paths
    ]
    if not class_names:
        return listed
    order = np.random.default_rng(0).permutation(len(listed))
    return [listed[k] for k in order]


def _tell_of_empty(folder, what, by_class, notes):
    empty = [name for name, paths in by_class.items() if name and not paths]
    if empty:
        notes.warn(
            f"{shown(folder)}: {what}: "
            f"{len(empty):,} ({some(map(shown, empty))})"
        )


def _see_all(
    folder: pathlib.Path, pictures: PictureSet, notes: Notes
) -> dict[str, list[pathlib.Path]]:
    """The pictures of each class by its name, or of none by ``."""
    here = tree.listing(folder)
    listings = {"": here} | {
        path.name: tree.below(path, folder) for path in here.folders
    }
    seen = {}
    for name, listed in listings.items():
        notes.unused |= dict.fromkeys(listed.others, _NO_FILE)
        seen[name] = [path for path in listed.files if pictures.see(path)]
    pictures.settle()
    readable = {
        name: [path for path in paths if path in pictures.headers]
        for name, paths in seen.items()
    }
    _check(folder, readable, notes)
    _tell_of_empty(
        folder, "folders without an image that can be read", readable, notes
    )
    return {name: paths for name, paths in readable.items() if paths}


def _check(folder, by_class, notes):
    classes = [name for name, paths in by_class.items() if name and paths]
    loose = by_class[""]
    if loose and classes:
        raise UserError(
            f"{folder} holds images ({shown(loose[0].name)}) beside "
            f"subfolders with images ({some(map(shown, classes))}): move the "
            "one or the other"
        )
    if not loose and not classes:
        if not notes.unused:
            raise UserError(
                f"{folder} holds no image, nor a subfolder with images"
            )
        raise UserError(
            f"There is no image that can be read. {notes.of_unused()}"
        )


def _class_names(
    by_class: Iterable[str], others: Iterable[pathlib.Path]
) -> tuple[str, ...]:
    """The classes of all splits, which number them alike."""
    names = {name for name in by_class if name}
    for other in others if names else ():
        names |= {
            path.name
            for path in tree.listing(other).folders
            if path.name not in names and _holds_picture(path, other)
        }
    for name in names:
        if shown(name) != name:
            raise UserError(
                "The name of a class must be printable UTF-8: rename its "
                f"folder. Received: {name!a}"
            )
    return tuple(sorted(names))


def _holds_picture(folder, above) -> bool:
    for path in tree.below(folder, above).files:
        try:
            picture_files.describe(path)
            return True
        except Unreadable:
            pass
    return False
