"""`emoji`: colour pictures with names, groups and skin tones.

A font's pictures of Unicode's emoji, 136x128 pixels in Noto Color Emoji, as
tools/prepare_data.py lays them down. A label is a group (smileys, flags...), a
caption is the English name, an attribute the skin tone.
"""

from __future__ import annotations

import io
import os
import pathlib
from collections.abc import Sequence

from tfgan_ref import picture_files
from tfgan_ref.data import emoji_names, origin
from tfgan_ref.data.emoji_font import EmojiFont
from tfgan_ref.data.emoji_names import Emoji
from tfgan_ref.data.notes import Notes, shown, some
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import WHITE, Colour
from tfgan_ref.picture_formats import Unreadable

FOLDER = "emoji"
FONT, NAMES = "NotoColorEmoji.ttf", "emoji-test.txt"


def open_source(
    data_dir: str | None, split: str, background: Colour = WHITE
) -> Source:
    """Opens one split of the set in `data_dir/emoji`.

    Args:
        data_dir: holds it; None: TFDS's own default.
        split: `train`; `test`, emoji of which `train` has no variant; or
            `unseen`, of which it has other skin tones.
        background: red, green and blue under what is transparent.

    Raises:
        UserError: there is no such split, or the files are missing or damaged.
    """
    if split not in emoji_names.SPLITS:
        raise UserError(
            f"emoji has the splits {', '.join(emoji_names.SPLITS)}. "
            f"Received: {split!r}"
        )
    above = os.path.expanduser(data_dir or origin.default_data_dir())
    folder = pathlib.Path(above) / FOLDER
    if not ((folder / FONT).exists() and (folder / NAMES).exists()):
        raise UserError(
            f"emoji is not prepared in {above}: "
            "tools/prepare_data.py --dataset=emoji does it"
        )
    notes = Notes(folder)
    found = read(folder / FONT, folder / NAMES, notes)
    chosen = [
        pair
        for pair, its_split in zip(found, _splits(found), strict=True)
        if its_split == split
    ]
    class_names = tuple(dict.fromkeys(emoji.group for emoji, _ in found))
    if not chosen:
        raise UserError(f"{folder}: no emoji is in {split!r}")
    pictures = _Pictures(folder / FONT, chosen, class_names, background)
    sizes = pictures.sizes()
    return Source(
        examples=pictures,
        natural_size=min(min(size) for size in sizes),
        channels=3,
        class_names=class_names,
        sizes=sizes,
        notes=notes,
        captions=[emoji.name for emoji, _ in chosen],
        attributes=[emoji.tone for emoji, _ in chosen],
    )


def read(
    font_path: pathlib.Path, names_path: pathlib.Path, notes: Notes
) -> list[tuple[Emoji, bytes]]:
    """Finds the picture of each emoji, a PNG file's content.

    Args:
        font_path: a font with colour bitmaps.
        names_path: Unicode's emoji-test.txt.
        notes: is told whose pictures they are, and which are missing.

    Raises:
        UserError: a file is missing or damaged, or no emoji has a picture.
    """
    emoji = emoji_names.read(names_path)
    font = EmojiFont(font_path)
    found = [(one, font.find(one.codes)) for one in emoji]
    missing = [one.name for one, png in found if not png]
    if len(missing) == len(found):
        raise UserError(f"{font_path} has no picture of an emoji")
    notes.say(
        f"emoji: pictures of {font.licence}. Noto's pictures are also under "
        "the Apache License 2.0; names © Unicode, Inc."
    )
    if missing:
        notes.warn(
            f"{shown(font_path.name)} has no picture of {len(missing):,} of "
            f"{len(found):,} emoji ({some(map(shown, missing))})"
        )
    return [(one, png) for one, png in found if png]


def _splits(found) -> list[str]:
    """Of each emoji; a picture with several names is in one split."""
    of_picture: dict[bytes, str] = {}
    return [of_picture.setdefault(png, emoji.split) for emoji, png in found]


class _Pictures(Sequence):
    """Pairs of pixels and a label, decoded when they are asked for."""

    def __init__(self, path, emoji, class_names, background):
        self._path = path
        self._emoji = emoji
        self._labels = {name: k for k, name in enumerate(class_names)}
        self._background = background

    def __len__(self):
        return len(self._emoji)

    def __getitem__(self, index):
        emoji, _ = self._emoji[index]
        pixels = self._try(
            picture_files.read, index, 3, background=self._background
        )
        return pixels, self._labels[emoji.group]

    def sizes(self):
        """Width and height of each."""
        return [
            self._try(picture_files.describe, k).size for k in range(len(self))
        ]

    def _try(self, read, index, *arguments, **how):
        emoji, png = self._emoji[index]
        try:
            return read(io.BytesIO(png), *arguments, **how)
        except Unreadable as error:
            raise UserError(
                f"{self._path}: the picture of {shown(emoji.name)} is {error}"
            ) from None
