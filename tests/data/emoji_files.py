"""A font of a few pictures, and the table that names them."""

import io

import numpy as np
from fontTools.fontBuilder import FontBuilder
from fontTools.misc import sstruct
from fontTools.ttLib import newTable
from fontTools.ttLib.tables import E_B_L_C_ as eblc
from fontTools.ttLib.tables.BitmapGlyphMetrics import SmallGlyphMetrics
from fontTools.ttLib.tables.C_B_D_T_ import cbdt_bitmap_format_17
from PIL import Image

from tfgan_ref.data import emoji

# Three rows of five pixels, red, green, blue, opacity.
PICTURES = (
    np.random.default_rng(7).permutation(360).reshape(6, 3, 5, 4) % 251
).astype(np.uint8)
PICTURES[..., 3] = 255
PICTURES[0, 1, 2, 3] = 0

# Codes -> picture. The hammer and the wrench share one.
CODES = {
    "1F600": 0,
    "1F44B": 1,
    "1F44B 1F3FB": 2,
    "1F929": 3,
    "0023 20E3": 4,
    "1F528": 5,
    "1F527": 5,
}
NAMES = """\
# emoji-test.txt
# group: Smileys & Emotion

# subgroup: face-smiling
1F600       ; fully-qualified     # \U0001f600 E1.0 grinning face
1F929       ; fully-qualified     # \U0001f929 E5.0 star-struck

# group: People & Body
1F44B       ; fully-qualified     # \U0001f44b E0.6 waving hand
1F44B 1F3FB ; fully-qualified     # \U0001f44b\U0001f3fb E1.0 waving hand: light skin tone

# group: Component
1F3FB       ; component           # \U0001f3fb E1.0 light skin tone

# group: Symbols
0023 FE0F 20E3 ; fully-qualified  # #\ufe0f\u20e3 keycap: #
0023 20E3   ; unqualified         # #\u20e3 E0.6 keycap: #

# group: Objects
1F528       ; fully-qualified     # \U0001f528 E0.6 hammer
1F527       ; fully-qualified     # \U0001f527 E0.6 wrench
#EOF
"""  # noqa: E501


def write(folder, *, names=NAMES, **how):
    """Writes what prepare_data lays down in `folder`."""
    (folder / "emoji").mkdir(parents=True)
    (folder / "emoji" / emoji.NAMES).write_text(names, encoding="utf-8")
    (folder / "emoji" / emoji.FONT).write_bytes(font(**how))
    return folder / "emoji"


def png(pixels):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "png")
    return content.getvalue()


def font(*, codes=None, has_bitmaps=True, change=lambda content: content):
    """A font with ligatures, one of them in a lookup by extension.

    Args:
        codes: as `CODES`.
        has_bitmaps: whether it has its pictures.
        change: what becomes of each PNG.
    """
    codes = CODES if codes is None else codes
    names = {text: [f"u{c}" for c in text.split()] for text in codes}
    single = sorted({name for parts in names.values() for name in parts})
    glyph_of = {
        text: parts[0] if len(parts) == 1 else "_".join(parts)
        for text, parts in names.items()
    }
    order = [".notdef", *single, *sorted({*glyph_of.values()} - {*single})]
    builder = FontBuilder(64, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({int(name[1:], 16): name for name in single})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (64, 0)))
    builder.setupHorizontalHeader()
    builder.setupNameTable(
        {
            "fullName": "Tiny Emoji",
            "copyright": "Copyright 1999 Nobody.",
            "licenseDescription": "Free for all. And more.",
        }
    )
    builder.setupPost()
    rules = [
        f"lookup l{k} {'useExtension' if k > 2 else ''} "
        f"{{ sub {' '.join(parts)} by {glyph_of[text]}; }} l{k};"
        for k, (text, parts) in enumerate(names.items())
        if len(parts) > 1
    ]
    if rules:
        builder.addOpenTypeFeatures(
            "feature ccmp { " + "\n".join(rules) + " } ccmp;"
        )
    if has_bitmaps:
        pictures = {
            glyph_of[text]: change(png(PICTURES[k]))
            for text, k in codes.items()
        }
        _set_bitmaps(builder.font, pictures)
    content = io.BytesIO()
    builder.font.save(content)
    return content.getvalue()


def _set_bitmaps(made, pictures):
    order = [name for name in made.getGlyphOrder() if name in pictures]
    glyphs = {}
    for name in order:
        glyph = cbdt_bitmap_format_17(b"", made)
        glyph.metrics = SmallGlyphMetrics()
        glyph.metrics.height, glyph.metrics.width = 3, 5
        glyph.metrics.BearingX = glyph.metrics.BearingY = 0
        glyph.metrics.Advance = 5
        glyph.imageData = pictures[name]
        glyphs[name] = glyph
    made["CBDT"], made["CBLC"] = newTable("CBDT"), newTable("CBLC")
    made["CBDT"].version = made["CBLC"].version = 3.0
    made["CBDT"].strikeData = [glyphs]
    strike = eblc.Strike()
    size = strike.bitmapSizeTable
    size.colorRef = 0
    size.ppemX = size.ppemY = 5
    size.bitDepth, size.flags = 32, 1
    for side in ("hori", "vert"):
        line = eblc.SbitLineMetrics()
        _, fields, _ = sstruct.getformat(eblc.sbitLineMetricsFormat)
        vars(line).update(dict.fromkeys(fields, 0))
        setattr(size, side, line)
    # Format 1 wants neighbours: each glyph by itself.
    for name in order:
        table = eblc.eblc_index_sub_table_1(b"", made)
        table.names, table.indexFormat, table.imageFormat = [name], 1, 17
        strike.indexSubTables.append(table)
    made["CBLC"].strikes = [strike]
