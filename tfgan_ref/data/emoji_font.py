"""The pictures in a font of colour bitmaps, such as Noto Color Emoji.

Reference:
    OpenType 1.9, tables CBDT (PNG bitmaps) and GSUB (ligatures),
    https://learn.microsoft.com/typography/opentype/spec
"""

from __future__ import annotations

import io
import pathlib

from tfgan_ref import inputs
from tfgan_ref.data.notes import shown
from tfgan_ref.errors import UserError, reason

_LIMIT = 2**28  # Bytes.
_LIGATURES = 4  # GSUB's lookup type.
_FULL_NAME, _COPYRIGHT, _LICENCE = 4, 0, 13  # Of the table `name`.


class EmojiFont:
    """Looks up pictures by code points.

    Args:
        path: of a TrueType font with a table CBDT.

    Attributes:
        licence: what the font says of itself, in one line.

    Raises:
        UserError: it cannot be read, is damaged or no such font.
    """

    def __init__(self, path: pathlib.Path):
        from fontTools import ttLib

        content = inputs.read_bytes(path, _LIMIT)
        try:
            font = ttLib.TTFont(io.BytesIO(content), lazy=True)
            self._glyphs = font.getBestCmap() or {}
            self._ligatures = _ligatures(font)
            self._pictures = _pictures(font)
            self.licence = "; ".join(
                shown(font["name"].getDebugName(number) or "unknown")
                .partition(". ")[0]
                .strip(".")
                for number in (_FULL_NAME, _COPYRIGHT, _LICENCE)
            )
        except Exception as error:
            # Whatever fontTools runs into.
            raise UserError(
                f"{path}: a font with colour bitmaps (CBDT) was expected. "
                f"Received: {type(error).__name__}: {reason(error)}"
            ) from None

    def find(self, codes: tuple[int, ...]) -> bytes | None:
        """The picture of a sequence of code points, a PNG file's content.

        Returns:
            None if the font has none.
        """
        glyphs = tuple(self._glyphs.get(code) for code in codes)
        glyph = glyphs[0] if len(glyphs) == 1 else self._ligatures.get(glyphs)
        return self._pictures.get(glyph)


def _ligatures(font) -> dict[tuple, str]:
    """Sequence of names of glyphs -> name of the one that stands for it."""
    if "GSUB" not in font or not font["GSUB"].table.LookupList:
        return {}
    found: dict[tuple, str] = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for part in lookup.SubTable:
            part = getattr(part, "ExtSubTable", part)
            if part.LookupType != _LIGATURES:
                continue
            for first, ligatures in part.ligatures.items():
                for one in ligatures:
                    found.setdefault((first, *one.Component), one.LigGlyph)
    return found


def _pictures(font) -> dict[str | None, bytes]:
    """Name of a glyph -> PNG, of the largest size that there is."""
    strikes = zip(font["CBLC"].strikes, font["CBDT"].strikeData, strict=True)
    _, largest = max(strikes, key=lambda pair: pair[0].bitmapSizeTable.ppemY)
    pictures = {
        name: getattr(glyph, "imageData", None)
        for name, glyph in largest.items()
    }
    return {name: png for name, png in pictures.items() if png}
