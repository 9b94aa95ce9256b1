import os
import struct

import numpy as np
import pytest
from PIL import Image

from tests.data.files import (
    COLOUR,
    GREY,
    assert_one_line,
    halve,
    noise,
    save,
    warned_of,
)
from tfgan_ref.data import folder
from tfgan_ref.errors import UserError


def only_image(tmp_path):
    source = folder.open_source(str(tmp_path), "train")
    ((image, label),) = source.examples
    source.notes.finish()
    assert image.dtype == np.uint8
    assert label == -1
    return image


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
    assert sorted(examples) == [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)]


def test_a_source_can_be_iterated_over_twice(tmp_path):
    save(tmp_path / "a.png", GREY)
    save(tmp_path / "b.png", 255 - GREY)
    examples = folder.open_source(str(tmp_path), "train").examples
    assert len(examples) == 2
    np.testing.assert_array_equal(examples[1][0][..., 0], 255 - GREY)
    for _ in range(2):
        first, second = (image for image, _ in examples)
        np.testing.assert_array_equal(first[..., 0], GREY)
        np.testing.assert_array_equal(second[..., 0], 255 - GREY)


@pytest.mark.parametrize("name", ["A.PNG", "a.JPG", "x.y", "jfif", "a.webp"])
def test_names_of_files_do_not_matter(tmp_path, name):
    save(tmp_path / name, COLOUR, format="bmp")
    np.testing.assert_array_equal(only_image(tmp_path), COLOUR)


def test_files_and_folders_of_programs_are_not_seen(tmp_path, caplog):
    save(tmp_path / "b.png", GREY)
    save(tmp_path / ".a.png", COLOUR)
    save(tmp_path / ".thumbnails" / "a.png", COLOUR)
    save(tmp_path / "__MACOSX" / "a.png", COLOUR)
    save(tmp_path / "run" / "samples" / "1.png", COLOUR)
    (tmp_path / "run" / "networks.json").touch()
    for name in ("._b.png", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"of a program")
    np.testing.assert_array_equal(only_image(tmp_path), GREY[..., None])
    assert warned_of(caplog) == []


def test_classes_are_mixed_and_always_alike(tmp_path):
    for k in range(60):
        save(tmp_path / f"{'abc'[k // 20]}" / f"{k:02}.png", GREY)
    labels, again = (
        [
            label
            for _, label in folder.open_source(str(tmp_path), "train").examples
        ]
        for _ in range(2)
    )
    assert labels == again
    for part in (labels[:20], labels[20:40], labels[40:]):
        assert min(np.bincount(part, minlength=3)) >= 2
    (tmp_path / "plain").mkdir()
    for k in range(9):
        save(tmp_path / "plain" / f"{k}.png", np.full([4, 5], k, np.uint8))
    source = folder.open_source(str(tmp_path / "plain"), "train")
    assert [image[0, 0, 0] for image, _ in source.examples] == [*range(9)]


def test_what_is_below_a_class_belongs_to_it(tmp_path):
    for name, grey in (("dog/z", 3), ("dog/big/a", 2), ("ant/b", 1)):
        save(tmp_path / f"{name}.png", np.full([4, 5], grey, np.uint8))
    source = folder.open_source(str(tmp_path), "train")
    assert source.class_names == ("ant", "dog")
    examples = [(image[0, 0, 0], label) for image, label in source.examples]
    assert sorted(examples) == [(1, 0), (2, 1), (3, 1)]


def test_links_are_followed_but_not_for_ever(tmp_path, caplog):
    save(tmp_path / "far" / "a.png", GREY)
    root = tmp_path / "root"
    save(root / "ant" / "b.png", GREY)
    (root / "bee").symlink_to(tmp_path / "far")
    (root / "ant" / "up").symlink_to(root)
    (root / "ant" / "again").symlink_to(root / "ant")
    (root / "ant" / "itself.png").symlink_to(root / "ant" / "itself.png")
    (root / "ant" / "nowhere.png").symlink_to(root / "nowhere.png")
    os.mkfifo(root / "ant" / "pipe.png")
    source = folder.open_source(str(root), "train")
    assert [label for _, label in source.examples] == [0, 1]
    assert source.class_names == ("ant", "bee")
    source.notes.finish()
    (warning,) = warned_of(caplog)
    assert warning == (
        f"{root}: 3 files not used: 3 no file but a pipe, device or broken "
        "link (ant/itself.png, ant/nowhere.png, ant/pipe.png)"
    )


def test_a_visible_folder_without_images_is_a_warning(tmp_path, caplog):
    save(tmp_path / "ant" / "a.png", GREY)
    (tmp_path / "bee").mkdir()
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "list.txt").write_text("none")
    source = folder.open_source(str(tmp_path), "train")
    assert source.class_names == ("ant",)
    (warning,) = warned_of(caplog)
    assert warning.endswith(
        "folders without an image that can be read: 2 (bee, cat)"
    )


# How all are decoded.


def test_a_palette_of_greys_does_not_make_a_folder_colour(tmp_path):
    save(tmp_path / "a.png", GREY)
    Image.fromarray(GREY).convert("P").save(tmp_path / "b.png")
    source = folder.open_source(str(tmp_path), "train")
    assert source.channels == 1
    for image, _ in source.examples:
        np.testing.assert_array_equal(image, GREY[..., None])


def test_all_are_scaled_by_the_depth_that_the_set_uses(tmp_path, caplog):
    caplog.set_level("INFO", logger="absl")
    save(tmp_path / "a.png", np.array([[100, 200]], np.uint16))
    save(tmp_path / "b.png", np.array([[0, 3000]], np.uint16))
    save(tmp_path / "c.png", np.array([[7, 8]], np.uint8))
    examples = folder.open_source(str(tmp_path), "train").examples
    levels = [image[..., 0].tolist() for image, _ in examples]
    # 255 / 4095 of each, but of the last.
    assert levels == [[[6, 12]], [[0, 187]], [[7, 8]]]
    assert (
        "2 images have more than 8 bits per value, the largest is 3,000: "
        "4,095 becomes white" in caplog.text
    )


@pytest.mark.parametrize(
    ("background", "channels"), [((9, 9, 9), 1), ((9, 9, 7), 3)]
)
def test_a_coloured_background_makes_grey_images_colour(
    tmp_path, caplog, background, channels
):
    caplog.set_level("INFO", logger="absl")
    save(tmp_path / "a.png", np.stack([GREY, 0 * GREY], -1))
    save(tmp_path / "b.png", GREY)
    source = folder.open_source(str(tmp_path), "train", background)
    assert source.channels == channels
    (clear, _), (opaque, _) = source.examples
    assert np.unique(clear.reshape(-1, channels), axis=0).tolist() == [
        list(background[:channels])
    ]
    np.testing.assert_array_equal(opaque[..., -1], GREY)
    assert "1 of 2 images may be transparent: laid on #0909" in caplog.text


def test_a_small_image_that_sets_the_size_is_named(tmp_path, caplog):
    for name, side in (("a", 40), ("b", 44), ("c", 50), ("thumb", 20)):
        save(tmp_path / f"{name}.png", noise(side, 60, side))
    assert folder.open_source(str(tmp_path), "train").natural_size == 20
    (warning,) = warned_of(caplog)
    assert warning.startswith(
        "thumb.png, 60x20, is the smallest of 4 images, half of which have 42"
    )


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
    assert sorted(examples) == [(61, 0), (63, 1), (64, 2)]
    assert source.class_names == ("ant", "bee", "cat")
    source.notes.finish()
    (warning,) = warned_of(caplog)
    assert warning == (
        f"{tmp_path}: 2 files not used: 2 cut short (ant/1.png, bee/1.jpg)"
    )


def test_what_is_not_used_is_counted_and_named_in_one_line(tmp_path, caplog):
    save(tmp_path / "good.png", noise(50, 50, 0))
    save(tmp_path / "cut.png", noise(60, 80, 1))
    halve(tmp_path / "cut.png")
    (tmp_path / "zero.jpg").touch()
    (tmp_path / "page.jpg").write_text("<html>404</html>")
    for name in ("d", "c", "a", "caf\udce9\n"):
        (tmp_path / f"{name}.txt").write_text("no picture")
    assert only_image(tmp_path).shape == (50, 50, 3)
    (warning,) = warned_of(caplog)
    assert warning == (
        f"{tmp_path}: 7 files not used: 4 no pictures (a.txt, c.txt, "
        r"caf\xe9\n.txt, …), 1 cut short (cut.png), 1 in HTML, a web page "
        "(page.jpg), 1 empty (zero.jpg)"
    )


def test_a_file_that_cannot_be_opened_may_be_another_time(tmp_path):
    save(tmp_path / "a.png", GREY)
    save(tmp_path / "b.png", GREY)
    source = folder.open_source(str(tmp_path), "train")
    assert not source.notes.may_pass
    (tmp_path / "b.png").unlink()
    assert len(list(source.examples)) == 1
    assert source.notes.may_pass
    assert "1 not to be opened (No such file" in source.notes.of_unused()


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
    assert_one_line(
        caught, tmp_path, "2 files not used: 2 no pictures (a.png, b.jpg)"
    )


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train")
    assert_one_line(caught, f"{tmp_path} holds no image, nor a subfolder")


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
    assert_one_line(caught, tmp_path, "a.png", "cats")


def test_a_class_whose_name_is_no_utf8_is_refused(tmp_path):
    save(tmp_path / "tea" / "a.png", GREY)
    save(tmp_path / "caf\udce9" / "b.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train")
    assert_one_line(caught, "UTF-8", r"'caf\udce9'")


def test_a_folder_that_is_not_divided_has_no_test_set(tmp_path):
    save(tmp_path / "a.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "test")
    assert_one_line(caught, "no folders train/ and test/", "train[:80%]")


def test_a_damaged_small_file_does_not_decide_the_size(tmp_path, caplog):
    save(tmp_path / "good.png", noise(40, 50, 1))
    save(tmp_path / "small.png", noise(9, 9, 2))
    halve(tmp_path / "small.png")
    source = folder.open_source(str(tmp_path), "train")
    assert source.natural_size == 40
    assert len(list(source.examples)) == 1
    source.notes.finish()
    (warning,) = warned_of(caplog)
    assert "small.png" in warning
