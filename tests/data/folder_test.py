import logging
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tfgan_ref.data import folder
from tfgan_ref.errors import UserError

# Two rows of three pixels, every value its own.
GREY = np.array([[10, 60, 110], [160, 210, 250]], np.uint8)
COLOUR = np.array(
    [
        [[250, 5, 15], [30, 240, 20], [40, 50, 230]],
        [[90, 80, 70], [200, 190, 20], [255, 0, 128]],
    ],
    np.uint8,
)


def save(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)


def noise(height, width, seed):
    """Hardly compressible: half of its file is half of its pixels."""
    return np.random.default_rng(seed).integers(
        0, 256, [height, width, 3], np.uint8
    )


def halve(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def only_image(tmp_path):
    ((image, label),) = folder.open_source(str(tmp_path), "train").examples
    assert image.dtype == np.uint8
    assert label == -1
    return image


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


def warned_of(caplog):
    """The messages of the warnings, nothing else having been logged."""
    assert all(entry.levelno == logging.WARNING for entry in caplog.records)
    return [entry.getMessage() for entry in caplog.records]


# What the pixels become.


def test_a_colour_png_keeps_its_pixels(tmp_path):
    save(tmp_path / "a.png", COLOUR)
    np.testing.assert_array_equal(only_image(tmp_path), COLOUR)
    assert folder.open_source(str(tmp_path), "train").channels == 3


def test_a_grey_png_keeps_its_pixels_in_one_channel(tmp_path):
    save(tmp_path / "a.png", GREY)
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])
    assert folder.open_source(str(tmp_path), "train").channels == 1


def test_a_jpeg_is_read_within_what_its_compression_loses(tmp_path):
    blocks = np.zeros([16, 32, 3], np.uint8)
    blocks[:, :16] = 200, 40, 90
    blocks[:, 16:] = 20, 160, 220
    save(tmp_path / "a.jpg", blocks, quality=95, subsampling=0)
    image = only_image(tmp_path)
    np.testing.assert_allclose(image.astype(int), blocks, atol=4)


def test_a_grey_jpeg_has_one_channel(tmp_path):
    save(tmp_path / "a.jpeg", np.full([8, 16], 77, np.uint8))
    image = only_image(tmp_path)
    assert image.shape == (8, 16, 1)
    np.testing.assert_allclose(image.astype(int), 77, atol=2)


def test_opacity_is_dropped_and_colour_kept(tmp_path):
    opacity = np.full([2, 3, 1], 255, np.uint8)
    save(tmp_path / "a.png", np.concatenate([COLOUR, opacity], axis=-1))
    np.testing.assert_array_equal(only_image(tmp_path), COLOUR)


def test_grey_with_opacity_stays_grey(tmp_path):
    opacity = np.full([2, 3], 255, np.uint8)
    save(tmp_path / "a.png", np.stack([GREY, opacity], axis=-1))
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])


def test_a_palette_is_looked_up(tmp_path):
    image = Image.fromarray(np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
    image = image.convert("P")
    image.putpalette(COLOUR.tobytes())
    image.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as stored:
        assert stored.mode == "P"
    np.testing.assert_array_equal(only_image(tmp_path), COLOUR)


def test_sixteen_bits_keep_their_upper_eight(tmp_path):
    values = np.array([[0x0000, 0x12FF, 0x7F80], [0x8001, 0xA0A0, 0xFFFF]])
    save(tmp_path / "a.png", values.astype(np.uint16))
    with Image.open(tmp_path / "a.png") as stored:
        assert stored.mode.startswith("I")
    expected = [[0x00, 0x12, 0x7F], [0x80, 0xA0, 0xFF]]
    assert only_image(tmp_path)[..., 0].tolist() == expected


def test_one_bit_becomes_black_and_white(tmp_path):
    bits = np.array([[True, False, False], [False, True, True]])
    save(tmp_path / "a.png", bits)
    with Image.open(tmp_path / "a.png") as stored:
        assert stored.mode == "1"
    expected = [[255, 0, 0], [0, 255, 255]]
    assert only_image(tmp_path)[..., 0].tolist() == expected


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, [[1, 2, 3], [4, 5, 6]]),
        (2, [[3, 2, 1], [6, 5, 4]]),
        (3, [[6, 5, 4], [3, 2, 1]]),
        (4, [[4, 5, 6], [1, 2, 3]]),
        (5, [[1, 4], [2, 5], [3, 6]]),
        (6, [[4, 1], [5, 2], [6, 3]]),
        (7, [[6, 3], [5, 2], [4, 1]]),
        (8, [[3, 6], [2, 5], [1, 4]]),
    ],
)
def test_a_photograph_is_turned_as_its_exif_says(
    tmp_path, orientation, upright
):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.array([[1, 2, 3], [4, 5, 6]], np.uint8) * 40
    save(tmp_path / "a.png", stored, exif=exif)
    assert (only_image(tmp_path)[..., 0] / 40).tolist() == upright


def test_one_colour_image_makes_all_of_a_folder_colour(tmp_path):
    save(tmp_path / "a.png", GREY)
    save(tmp_path / "b.png", COLOUR)
    source = folder.open_source(str(tmp_path), "train")
    assert source.channels == 3
    (grey, _), (colour, _) = source.examples
    np.testing.assert_array_equal(grey, np.stack([GREY] * 3, axis=-1))
    np.testing.assert_array_equal(colour, COLOUR)


def test_images_keep_their_sizes_and_the_smallest_side_is_natural(tmp_path):
    sizes = {"a": (30, 50), "b": (41, 20), "c": (35, 35)}
    for seed, (name, size) in enumerate(sizes.items()):
        save(tmp_path / f"{name}.png", noise(*size, seed))
    source = folder.open_source(str(tmp_path), "train")
    shapes = [image.shape[:2] for image, _ in source.examples]
    assert shapes == [(30, 50), (41, 20), (35, 35)]
    assert source.natural_size == 20


# Which files are images of which class.


def test_a_flat_folder_is_unlabelled_and_in_alphabetical_order(tmp_path):
    for name, grey in (("c", 3), ("a", 1), ("b", 2)):
        save(tmp_path / f"{name}.png", np.full([4, 5], grey, np.uint8))
    source = folder.open_source(str(tmp_path), "train")
    examples = [(image[0, 0, 0], label) for image, label in source.examples]
    assert examples == [(1, -1), (2, -1), (3, -1)]
    assert source.class_names == ()


def test_subfolders_are_classes_in_alphabetical_order(tmp_path):
    for name, grey in (
        ("pear/x", 3),
        ("apple/z", 2),
        ("quince/a", 5),
        ("apple/b", 1),
        ("pear/y", 4),
    ):
        save(tmp_path / f"{name}.png", np.full([4, 5], grey, np.uint8))
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "readme.txt").write_text("no image")
    (tmp_path / "readme.txt").write_text("no image")
    source = folder.open_source(str(tmp_path), "train")
    assert source.class_names == ("apple", "pear", "quince")
    examples = [(image[0, 0, 0], label) for image, label in source.examples]
    assert examples == [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)]


def test_a_source_can_be_iterated_over_twice(tmp_path):
    save(tmp_path / "a.png", GREY)
    save(tmp_path / "b.png", 255 - GREY)
    examples = folder.open_source(str(tmp_path), "train").examples
    for _ in range(2):
        first, second = (image for image, _ in examples)
        np.testing.assert_array_equal(first[..., 0], GREY)
        np.testing.assert_array_equal(second[..., 0], 255 - GREY)


@pytest.mark.parametrize("name", ["A.PNG", "a.JPG", "a.Jpeg", "x.y.png"])
def test_suffixes_of_either_case_are_images(tmp_path, name):
    save(tmp_path / name, noise(8, 9, 0))
    assert only_image(tmp_path).shape == (8, 9, 3)


def test_other_files_and_hidden_files_are_passed_over(tmp_path, caplog):
    save(tmp_path / "b.png", GREY)
    save(tmp_path / ".a.png", COLOUR)
    save(tmp_path / "c.gif", COLOUR)
    (tmp_path / "._b.png").write_bytes(b"a resource fork")
    (tmp_path / "list.txt").write_text("b.png")
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])
    assert warned_of(caplog) == []


def test_a_hidden_subfolder_is_no_class(tmp_path):
    save(tmp_path / ".thumbnails" / "a.png", COLOUR)
    save(tmp_path / "b.png", GREY)
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])


# Files that cannot be read.


def test_truncated_files_are_skipped_by_name_and_labels_stay_with_theirs(
    tmp_path, caplog
):
    for seed, name in enumerate(
        ("ant/1.png", "ant/2.png", "bee/1.jpg", "bee/2.jpg", "cat/1.png")
    ):
        save(tmp_path / name, noise(60 + seed, 80, seed))
    cut = [tmp_path / "ant" / "1.png", tmp_path / "bee" / "1.jpg"]
    for path in cut:
        halve(path)
    source = folder.open_source(str(tmp_path), "train")
    examples = [(len(image), label) for image, label in source.examples]
    assert examples == [(61, 0), (63, 1), (64, 2)]
    assert source.class_names == ("ant", "bee", "cat")
    warnings = warned_of(caplog)
    assert len(warnings) == 2
    for path, warning in zip(cut, warnings, strict=True):
        assert str(path) in warning


def test_a_file_without_an_image_header_is_skipped_by_name(tmp_path, caplog):
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "b.jpg").write_text("<html>404</html>")
    save(tmp_path / "c.png", GREY)
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])
    for name, warning in zip("ab", warned_of(caplog), strict=True):
        assert str(tmp_path / name) in warning


def test_a_file_of_another_format_in_disguise_is_skipped(tmp_path, caplog):
    save(tmp_path / "a.png", COLOUR, format="GIF")
    save(tmp_path / "b.png", GREY)
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])
    (warning,) = warned_of(caplog)
    assert str(tmp_path / "a.png") in warning


def test_a_decompression_bomb_is_skipped_by_name(tmp_path, caplog):
    def chunk(kind, body):
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    (tmp_path / "a.png").write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size)
        + chunk(b"IDAT", zlib.compress(bytes(60_001)))
        + chunk(b"IEND", b"")
    )
    save(tmp_path / "b.png", GREY)
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])
    (warning,) = warned_of(caplog)
    assert str(tmp_path / "a.png") in warning


def test_a_damaged_exif_block_does_not_end_the_reading(tmp_path):
    turned = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)
    width_as_text = struct.pack("<HHI4s", 0x0100, 2, 2, b"?")
    exif = b"II*\0" + struct.pack("<IH", 8, 2) + turned + width_as_text
    save(tmp_path / "a.jpg", noise(8, 9, 0), exif=b"Exif\0\0" + exif + bytes(4))
    save(tmp_path / "b.png", noise(7, 5, 1))
    source = folder.open_source(str(tmp_path), "train")
    sizes = [image.shape[:2] for image, _ in source.examples]
    # The first may be turned, left as it is or skipped.
    assert sizes in ([(9, 8), (7, 5)], [(8, 9), (7, 5)], [(7, 5)])


# Errors.


def test_a_folder_of_broken_headers_alone_is_refused(tmp_path):
    for name in ("a.png", "b.jpg"):
        (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train")
    assert_one_line(caught, tmp_path, "2")


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train")
    assert_one_line(caught, tmp_path, ".jpeg", ".jpg", ".png")


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path / "nowhere"), "train")
    assert_one_line(caught, tmp_path / "nowhere", "No such file")


def test_a_file_in_place_of_a_folder_is_refused(tmp_path):
    save(tmp_path / "a.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path / "a.png"), "train")
    assert_one_line(caught, tmp_path / "a.png", "Not a directory")


def test_images_beside_class_subfolders_are_refused(tmp_path):
    save(tmp_path / "a.png", GREY)
    save(tmp_path / "cats" / "b.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train")
    assert_one_line(caught, tmp_path, "cats")


def test_a_class_whose_name_is_no_utf8_is_refused(tmp_path):
    save(tmp_path / "tea" / "a.png", GREY)
    save(tmp_path / "caf\udce9" / "b.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train")
    assert_one_line(caught, "UTF-8", r"'caf\udce9'")


def test_another_split_than_train_is_refused(tmp_path):
    save(tmp_path / "a.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "test")
    assert_one_line(caught, "train", "'test'")


def test_a_damaged_small_file_does_not_decide_the_size(tmp_path, caplog):
    save(tmp_path / "good.png", noise(40, 50, 1))
    save(tmp_path / "small.png", noise(9, 9, 2))
    halve(tmp_path / "small.png")
    source = folder.open_source(str(tmp_path), "train")
    assert source.natural_size == 40
    assert len(list(source.examples)) == 1
    (warning,) = warned_of(caplog)
    assert "small.png" in warning
