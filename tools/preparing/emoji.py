"""Lays a font of emoji and their names down where `data/emoji.py` reads them.

Out of Debian's packages come also the texts of their licences.
"""

from __future__ import annotations

import pathlib
import tempfile
from typing import NamedTuple

from absl import logging

from tfgan_ref import inputs, outputs
from tfgan_ref.data import emoji
from tfgan_ref.data.notes import Notes
from tfgan_ref.errors import UserError
from tools.preparing import debian

# Package -> its file.
_PACKAGES = {
    "fonts-noto-color-emoji": "usr/share/fonts/truetype/noto/" + emoji.FONT,
    "unicode-data": "usr/share/unicode/emoji/" + emoji.NAMES,
}


class Prepared(NamedTuple):
    """What `prepare` has done.

    Attributes:
        source: where the files came from, in words.
        licence: whose they are; `` where nothing was to be done.
    """

    source: str
    licence: str


def prepare(
    data_dir: str, font: str | None = None, emoji_test: str | None = None
) -> Prepared:
    """Writes `data_dir/emoji`, unless it is there and no file is given.

    Args:
        data_dir: as of `images.load`.
        font: a font with colour bitmaps; None: out of Debian's package.
        emoji_test: Unicode's emoji-test.txt; given if and only if `font` is.

    Raises:
        UserError: there is no source, a file is not what it should be, or it
            cannot be written.
    """
    if bool(font) != bool(emoji_test):
        raise UserError(
            "--font and --emoji_test belong together. Received: "
            f"--font={font} --emoji_test={emoji_test}"
        )
    target = pathlib.Path(data_dir).expanduser() / emoji.FOLDER
    is_there = all((target / n).is_file() for n in (emoji.FONT, emoji.NAMES))
    if is_there and not font:
        return Prepared("prepared before", "")
    with tempfile.TemporaryDirectory() as scratch:
        if font and emoji_test:
            paths = [pathlib.Path(p).expanduser() for p in (font, emoji_test)]
            source = f"{font} and {emoji_test}"
        else:
            paths = _from_debian(pathlib.Path(scratch))
            source = f"Debian's packages {' and '.join(_PACKAGES)}"
        notes = Notes()
        found = emoji.read(paths[0], paths[1], notes)
        names = [
            emoji.FONT,
            emoji.NAMES,
            *(f"{p}.copyright" for p in _PACKAGES),
        ]
        contents = [inputs.read_bytes(path) for path in paths]
        for name, content in zip(names, contents, strict=False):
            outputs.write_bytes(target / name, content)
    said = [text for level, text in notes.lines if level == logging.INFO]
    return Prepared(f"{len(found):,} pictures, {source}", " ".join(said))


def _from_debian(
    scratch: pathlib.Path,
) -> list[pathlib.Path]:
    """The two files, and the licences of their packages."""
    paths, licences = [], []
    for package, file in _PACKAGES.items():
        (scratch / package).mkdir()
        root = debian.unpack(package, scratch / package)
        if root is None or not (root / file).is_file():
            raise UserError(
                f"No source of emoji: Debian's package {package} is not to be "
                "had. Expected: --font with Noto Color Emoji's .ttf and "
                "--emoji_test with Unicode's emoji-test.txt"
            )
        paths.append(root / file)
        licences.append(root / "usr/share/doc" / package / "copyright")
    return paths + licences
