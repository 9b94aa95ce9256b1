"""Files of every kind, made here by Pillow, as pixels."""

import os
import struct
import subprocess
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from tfgan_ref import picture_files, picture_formats
from tfgan_ref.errors import UserError
from tfgan_ref.picture_files import describe, read
from tfgan_ref.picture_formats import Unreadable

# Two rows of three pixels, every value its own.
GREY = np.array([[10, 60, 110], [160, 210, 250]], np.uint8)
COLOUR = np.array(
    [
        [[250, 5, 15], [30, 240, 20], [40, 50, 230]],
        [[90, 80, 70], [200, 190, 20], [255, 0, 128]],
    ],
    np.uint8,
)
# 255 is opaque, 0 is not to be seen, 51 a fifth.
OPACITY = np.array([[255, 0, 51], [0, 255, 51]], np.uint8)


@pytest.fixture
def path(tmp_path):
    """Of a name that says nothing of what is in it."""
    return tmp_path / "x.dat"


def save(path, pixels, format="png", **options):
    Image.fromarray(pixels).save(path, format, **options)


def refusal(path):
    with pytest.raises(Unreadable) as of_header:
        describe(path)
    with pytest.raises(Unreadable) as of_pixels:
        read(path, 3)
    assert str(of_header.value) == str(of_pixels.value)
    return str(of_header.value)


# Formats.


@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("png", {}),
        ("bmp", {}),
        ("dib", {}),
        ("tiff", {}),
        ("tiff", {"compression": "tiff_lzw"}),
        ("webp", {"lossless": True}),
        ("jpeg2000", {"irreversible": False}),
        ("ppm", {}),
        ("pcx", {}),
        ("sgi", {}),
        ("tga", {}),
        ("dds", {}),
        ("gif", {}),
    ],
)
def test_a_format_is_known_by_its_content(path, format, options):
    save(path, COLOUR, format, **options)
    header = describe(path)
    assert header.size == (3, 2)
    assert header[1:] == (False, False, None)
    np.testing.assert_array_equal(read(path, 3), COLOUR)


def test_a_jpeg_of_cmyk_has_its_colours(path):
    blocks = np.zeros([16, 32, 3], np.uint8)
    blocks[:, :16] = 200, 40, 90
    blocks[:, 16:] = 20, 160, 220
    image = Image.fromarray(blocks).convert("CMYK")
    image.save(path, "jpeg", quality=100)
    assert not describe(path).is_grey
    np.testing.assert_allclose(read(path, 3).astype(int), blocks, atol=6)


@pytest.mark.parametrize("format", ["gif", "webp", "png", "tiff"])
def test_of_what_moves_the_first_frame_is_read(path, format):
    frames = [
        Image.fromarray(np.full([4, 5, 3], grey, np.uint8))
        for grey in (40, 120, 200)
    ]
    options = {"lossless": True} if format == "webp" else {}
    frames[0].save(
        path, format, save_all=True, append_images=frames[1:], **options
    )
    assert (read(path, 1) == 40).all()


def test_a_photograph_is_turned_as_its_exif_says(path):
    exif = Image.Exif()
    exif[0x0112] = 6
    save(path, GREY, exif=exif)
    turned = [[160, 10], [210, 60], [250, 110]]
    assert read(path, 1)[..., 0].tolist() == turned


# Grey and colour.


def test_a_palette_is_grey_if_what_is_used_of_it_is(path):
    image = Image.fromarray(np.array([[0, 1], [2, 2]], np.uint8)).convert("P")
    image.putpalette([9, 9, 9, 80, 80, 80, 200, 200, 200, 255, 0, 0])
    image.save(path, "png")
    assert describe(path).is_grey
    assert read(path, 1)[..., 0].tolist() == [[9, 80], [200, 200]]
    image.putpixel((1, 1), 3)
    image.save(path, "png")
    assert not describe(path).is_grey
    assert read(path, 3)[1, 1].tolist() == [255, 0, 0]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "F"])
def test_grey_needs_one_channel(path, mode):
    image = Image.fromarray(GREY).convert("LA" if mode == "LA" else "L")
    image.convert(mode).save(path, "tiff")
    assert describe(path).is_grey


def grey_of_16_bits_with_opacity(values):
    """PNG's colour type 4, which Pillow cannot write."""
    rows = b"".join(
        b"\0" + b"".join(struct.pack(">HH", *pair) for pair in row)
        for row in values
    )
    return png(len(values[0]), len(values), rows, depth=16, colour=4)


def test_grey_of_16_bits_with_opacity_is_grey(path):
    path.write_bytes(
        grey_of_16_bits_with_opacity([[(0x8000, 0xFFFF), (0x4000, 0)]])
    )
    assert describe(path)[:3] == ((2, 1), True, True)
    assert read(path, 1, background=(7, 7, 7))[..., 0].tolist() == [[128, 7]]


# What is transparent.


@pytest.mark.parametrize(
    ("background", "expected"),
    [
        # A fifth of 110 and of 250, and four fifths of the background.
        (255, [[10, 255, 226], [255, 210, 254]]),
        (0, [[10, 0, 22], [0, 210, 50]]),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_grey_with_opacity_lies_on_the_background(
    path, background, expected, channels
):
    save(path, np.stack([GREY, OPACITY], -1))
    assert describe(path)[1:3] == (True, True)
    pixels = read(path, channels, background=(background,) * 3)
    assert pixels.shape == (2, 3, channels)
    for channel in range(channels):
        assert pixels[..., channel].tolist() == expected


@pytest.mark.parametrize(
    ("depth", "row", "transparent", "expected"),
    [
        (1, b"\0\x40", 1, [0, 10]),
        (2, b"\0\x60", 1, [10, 170]),
        (2, b"\0\x30", 3, [0, 10]),
        (4, b"\0\x3f", 15, [51, 10]),
        (4, b"\0\x3f", 3, [10, 255]),
        (8, b"\0\x03\xff", 3, [10, 255]),
    ],
)
def test_the_transparent_grey_is_that_of_the_files_depth(
    path, depth, row, transparent, expected
):
    path.write_bytes(png(2, 1, row, depth, transparent=transparent))
    assert describe(path).has_alpha
    found = read(path, 1, background=(10, 10, 10))
    assert found.ravel().tolist() == expected


def test_colour_with_opacity_lies_on_the_background(path):
    save(path, np.concatenate([COLOUR, OPACITY[..., None]], -1))
    assert describe(path)[1:3] == (False, True)
    weight = OPACITY[..., None] / 255
    expected = COLOUR * weight + np.array([0, 100, 200]) * (1 - weight)
    pixels = read(path, 3, background=(0, 100, 200))
    np.testing.assert_allclose(pixels, expected, atol=1)
    assert pixels[0, 1].tolist() == [0, 100, 200]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_an_entry_that_is_transparent_shows_the_background(path, mode):
    values = np.array([[0, 1], [1, 0]], np.uint8) * 255
    image = Image.fromarray(values).convert("P" if mode == "P" else "L")
    if mode == "I;16":
        image = Image.fromarray(values.astype(np.uint16) * 257)
    elif mode != "P":
        image = image.convert(mode)
    clear = (0, 0, 0) if mode == "RGB" else 0
    image.save(path, "png", transparency=clear)
    assert describe(path).has_alpha
    assert read(path, 3, background=(9, 8, 7)).tolist() == [
        [[9, 8, 7], [255, 255, 255]],
        [[255, 255, 255], [9, 8, 7]],
    ]


def test_an_opaque_picture_is_not_touched_by_the_background(path):
    save(path, COLOUR)
    assert not describe(path).has_alpha
    np.testing.assert_array_equal(read(path, 3, background=(1, 2, 3)), COLOUR)


# Bit depth.


@pytest.mark.parametrize(
    ("largest", "white"),
    [(1, 1), (0.5, 1), (1.5, 255), (255, 255), (256, 1023), (4095, 4095)]
    + [(4096, 16383), (16384, 65535), (70000, 2**24 - 1), (1e12, 1e12)],
)
def test_white_is_that_of_a_usual_depth(largest, white):
    assert picture_files.white_of(largest) == white


def test_values_are_scaled_by_the_white_of_their_set(path):
    values = np.array([[0, 1000, 2048], [3000, 4095, 4]], np.uint16)
    save(path, values)
    assert describe(path) == ((3, 2), True, False, 4095)
    # 255 / 4095 of each.
    expected = [[0, 62, 128], [187, 255, 0]]
    assert read(path, 1)[..., 0].tolist() == expected
    assert read(path, 1, white=4095)[..., 0].tolist() == expected
    assert read(path, 1, white=65535)[..., 0].tolist() == [
        [0, 4, 8],
        [12, 16, 0],
    ]
    # What is above the white of others is white.
    assert read(path, 1, white=2048)[..., 0].tolist()[1] == [255, 255, 0]


def test_sixteen_bits_go_to_the_nearest_of_eight(path):
    values = np.array([[0x0000, 0x12FF, 0x7F80], [0x8001, 0xA0A0, 0xFFFF]])
    save(path, values.astype(np.uint16))
    expected = [[0x00, 0x13, 0x7F], [0x80, 0xA0, 0xFF]]
    assert read(path, 3)[..., 1].tolist() == expected


def test_numbers_from_0_to_1_are_levels(path):
    values = np.array([[0.0, 0.25], [0.5, 1.0]], np.float32)
    save(path, values, "tiff")
    assert read(path, 1)[..., 0].tolist() == [[0, 64], [128, 255]]


@pytest.mark.parametrize("value", [-0.5, np.nan, np.inf])
def test_numbers_that_are_no_levels_are_refused(path, value):
    save(path, np.array([[0.5, value]], np.float32), "tiff")
    assert refusal(path) == "of values below 0 or that are no numbers"


# What is no picture.


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"x", "no picture"),
        (b"some text\nof a reader\n" * 30, "no picture"),
        (b"\n<!DOCTYPE HTML><title>404", "in HTML, a web page"),
        (b"<html>404", "in HTML, a web page"),
        (b"<?xml version='1.0'?><svg>", "in SVG, which is not read"),
        (b"%PDF-1.7", "in PDF, which is not read"),
        (b"\0\0\0\x18ftypheic\0\0", "in HEIC, which is not read"),
        (b"\0\0\0\x18ftypmif1\0\0", "in HEIC, which is not read"),
        (b"version https://git-lfs.github.com/spec/v1", "held by Git LFS"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0 and no more", "cut short"),
    ],
)
def test_what_is_no_picture_is_said_in_plain_words(path, content, said):
    path.write_bytes(content)
    assert refusal(path).startswith(said)


def test_no_other_program_is_run(path, monkeypatch):
    path.write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"
    )
    monkeypatch.delattr(subprocess, "Popen")
    assert refusal(path) == "in PostScript, which is not read"
    assert not {"EPS", "WMF", "IPTC"} & {*picture_formats.formats()}


def test_a_picture_that_breaks_off_is_cut_short(path):
    pixels = np.random.default_rng(0).integers(0, 256, [60, 80, 3], np.uint8)
    for format in ("png", "jpeg", "bmp"):
        save(path, pixels, format)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(Unreadable, match="^cut short$"):
            read(path, 3)


def png(width, height, rows, depth=8, colour=0, transparent=None):
    def chunk(kind, body):
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    size = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size)
        + (
            b""
            if transparent is None
            else chunk(b"tRNS", struct.pack(">H", transparent))
        )
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_decompression_bomb_is_refused(path, side):
    path.write_bytes(png(side, side, bytes(side + 1)))
    assert refusal(path) == "larger than 89,478,485 pixels"


def test_what_is_no_file_is_never_opened(path, tmp_path):
    os.mkfifo(path)
    for place in (path, tmp_path):
        assert refusal(place) == "no file, but a folder, pipe or device"


def test_a_file_that_is_missing_may_be_there_another_time(path):
    assert refusal(path) == "not to be opened (No such file or directory)"
    with pytest.raises(Unreadable) as caught:
        read(path, 1)
    assert caught.value.may_pass
    path.write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        read(path, 1)
    assert not caught.value.may_pass


def test_warnings_are_as_they_were_when_several_threads_are_done(path):
    """Of which the first in is not the last out."""
    save(path, COLOUR)
    before = list(warnings.filters)
    first, last = picture_formats.opened(path), picture_formats.opened(path)
    first.__enter__()
    last.__enter__()
    assert warnings.filters != before
    first.__exit__(None, None, None)
    warnings.warn("metadata", stacklevel=1)  # Would be an error.
    last.__exit__(None, None, None)
    assert warnings.filters == before


# One picture for a model.


def test_a_picture_for_a_model_is_turned_and_laid_on_the_background(path):
    exif = Image.Exif()
    exif[0x0112] = 3
    save(path, np.stack([GREY, OPACITY], -1), exif=exif)
    pixels = picture_files.read_as(path, (2, 3, 1), background=(0, 0, 0))
    assert pixels.dtype == np.float32
    expected = np.array([[50, 210, 0], [22, 0, 10]]) / 255
    np.testing.assert_allclose(pixels[..., 0], expected, rtol=1e-6)


def test_a_picture_for_a_model_says_how_its_values_were_scaled(path, caplog):
    save(path, np.array([[4095, 819]], np.uint16))
    pixels = picture_files.read_as(path, (1, 2, 1))
    np.testing.assert_allclose(pixels.ravel(), [1.0, 0.2], rtol=1e-6)
    assert "8 bits per value: 4,095 becomes white" in caplog.text


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((3, 2, 1), "images of 2x3 pixels. Received: .*x.dat, 3x2"),
        ((2, 3, 4), "images of 4 channels"),
    ],
)
def test_a_picture_of_another_shape_is_one_line(path, shape, said):
    save(path, GREY)
    with pytest.raises(UserError, match=said):
        picture_files.read_as(path, shape)


def test_a_file_that_is_no_picture_is_one_line_for_a_model(path):
    path.write_text("<html>404")
    with pytest.raises(UserError, match="x.dat: it is in HTML, a web page$"):
        picture_files.read_as(path, (2, 3, 1))


# Colours.


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("white", (255, 255, 255)),
        ("#80c0ff", (128, 192, 255)),
        ("rgb(1, 2, 3)", (1, 2, 3)),
        ("#01020340", (1, 2, 3)),
    ],
)
def test_colours_have_names(name, colour):
    assert picture_files.parse_colour(name) == colour


@pytest.mark.parametrize("name", ["", "wite", "#12", 3, None])
def test_another_name_than_a_colours_is_one_line(name):
    with pytest.raises(UserError, match="such as white .* Received: ") as error:
        picture_files.parse_colour(name)
    assert repr(name) in str(error.value)
