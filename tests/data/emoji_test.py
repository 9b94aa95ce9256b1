import collections
import dataclasses

import numpy as np
import pytest

from tests.data import emoji_files
from tests.data.emoji_files import PICTURES
from tests.data.files import assert_one_line, warned_of
from tfgan_ref.data import digits, emoji, emoji_names, images, semi_supervised
from tfgan_ref.data.emoji_names import TONES, Emoji
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError

GROUPS = ("Smileys & Emotion", "People & Body", "Symbols", "Objects")
OF_TRAIN = ["grinning face", "waving hand", "keycap: #", "hammer", "wrench"]


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """This test's own cache."""
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "kept"))


@pytest.fixture
def folder(tmp_path):
    return emoji_files.write(tmp_path)


def test_pictures_come_in_the_tables_order_with_their_groups(tmp_path, folder):
    source = emoji.open_source(str(tmp_path), "train")
    assert source.captions == OF_TRAIN
    assert source.class_names == GROUPS
    assert (source.channels, source.natural_size) == (3, 3)
    assert set(source.sizes) == {(5, 3)}
    found, labels = zip(*source.examples, strict=True)
    assert labels == (0, 1, 2, 3, 3)
    expected = PICTURES[[0, 1, 4, 5, 5], ..., :3].copy()
    expected[0, 1, 2] = 255  # Transparent.
    np.testing.assert_array_equal(np.stack(found), expected)


def test_what_is_transparent_lies_on_the_background(tmp_path, folder):
    source = emoji.open_source(str(tmp_path), "train", (9, 80, 200))
    image, _ = source.examples[0]
    assert image[1, 2].tolist() == [9, 80, 200]
    assert image[2, 1].tolist() == PICTURES[0, 2, 1, :3].tolist()


def test_a_tone_or_a_whole_base_is_held_out(tmp_path, folder):
    unseen = emoji.open_source(str(tmp_path), "unseen")
    assert unseen.captions == ["waving hand: light skin tone"]
    assert unseen.attributes == ["light"]
    assert unseen.class_names == GROUPS
    ((image, label),) = unseen.examples
    np.testing.assert_array_equal(image, PICTURES[2, ..., :3])
    assert label == 1
    # The wrench's picture is the hammer's, of train.
    assert Emoji((), "wrench", "").split == "test"
    test = emoji.open_source(str(tmp_path), "test")
    assert test.captions == ["star-struck"]
    assert test.attributes == [""]


@pytest.mark.parametrize(
    ("name", "tone", "base"),
    [
        ("nose", "", "nose"),
        ("nose: medium-dark skin tone", "medium-dark", "nose"),
        ("man: dark skin tone, curly hair", "dark", "man curly hair"),
        ("man: curly hair", "", "man curly hair"),
        (
            "kiss: man, man, light skin tone, medium-light skin tone",
            "light, medium-light",
            "kiss man man",
        ),
    ],
)
def test_a_name_is_a_base_and_a_tone(name, tone, base):
    one = Emoji((), name, "")
    assert (one.tone, one.base) == (tone, base)


def test_splits_hold_out_what_they_say_of_many():
    bases = [
        f"{who} number {k}" for k in range(500) for who in ("man", "woman")
    ]
    split = {
        (base, tone): Emoji((), f"{base}: {tone} skin tone", "").split
        for base in bases
        for tone in TONES
    }
    counts = collections.Counter(split.values())
    assert 300 < counts["test"] < 700  # Of 5,000; about a tenth.
    assert 350 < counts["unseen"] < 550  # A tone of half of the rest.
    for k in range(500):
        of_both = [
            [split[f"{who} number {k}", tone] for tone in TONES]
            for who in ("man", "woman")
        ]
        # Its bases are whole, of men and women.
        assert len({"test" in splits for splits in of_both}) == 1
        for splits in of_both:
            assert "test" not in splits or set(splits) == {"test"}
            assert splits.count("unseen") <= 1
    unseen_of = {t for (_, t), where in split.items() if where == "unseen"}
    assert unseen_of == set(TONES)


def test_captions_and_attributes_come_out_of_the_cache_as_well(
    tmp_path, folder, monkeypatch
):
    cold = images.load("emoji", data_dir=str(tmp_path), image_size=2)
    with monkeypatch.context() as patch:
        patch.setattr(emoji, "open_source", lambda *a: pytest.fail("opened"))
        warm = images.load("emoji", data_dir=str(tmp_path), image_size=2)
    (tmp_path / "file").touch()
    monkeypatch.setenv("TFGAN_REF_CACHE", str(tmp_path / "file"))
    in_memory = images.load("emoji", data_dir=str(tmp_path), image_size=2)
    for data in (cold, warm, in_memory):
        assert data.captions == tuple(OF_TRAIN)
        assert data.attributes == ("", "", "", "", "")
        assert data.class_names == GROUPS
        assert data.images.shape == (5, 2, 2, 3)
        assert data.fingerprint == cold.fingerprint
    test = images.load("emoji", data_dir=str(tmp_path), split="test")
    assert test.captions == ("star-struck",)
    assert images.load("digits").captions == ()


def test_whose_pictures_they_are_is_said_at_each_start(
    tmp_path, folder, caplog
):
    caplog.set_level("INFO", logger="absl")
    for _ in range(2):
        caplog.clear()
        images.load("emoji", data_dir=str(tmp_path))
        said = [m for m in caplog.messages if "Tiny Emoji" in m]
        assert len(said) == 1
        for part in ("Copyright 1999 Nobody", "Free for all", "Unicode"):
            assert part in said[0]


def test_captions_follow_the_labelled_examples(tmp_path, folder):
    data = images.load("emoji", data_dir=str(tmp_path))
    labels = np.array([-1, 1, -1, 3, -1], np.int32)
    attributes = ("a", "b", "c", "d", "e")
    data = dataclasses.replace(data, labels=labels, attributes=attributes)
    few = semi_supervised.labelled(data, 3)
    names = ("waving hand", "hammer", "waving hand", "hammer")
    assert few.captions == names
    assert few.attributes == ("b", "d", "b", "d")


def test_texts_of_other_images_are_an_error(monkeypatch):
    pixels = np.zeros([2, 2, 1], np.uint8)
    source = Source([(pixels, 0), None], 2, 1, captions=["ant", "bee"])
    monkeypatch.setattr(digits, "open_source", lambda split: source)
    with pytest.raises(ValueError, match="2 texts of 1 images"):
        images.load("digits")


# Bad input.


def refused(tmp_path, split="train"):
    with pytest.raises(UserError) as caught:
        emoji.open_source(str(tmp_path), split)
    return caught


def test_another_split_is_refused_with_those_there_are(tmp_path, folder):
    assert_one_line(refused(tmp_path, "val"), "train, test, unseen", "'val'")


@pytest.mark.parametrize("name", [emoji.FONT, emoji.NAMES])
def test_a_missing_file_is_mended_by_prepare_data(tmp_path, folder, name):
    (folder / name).unlink()
    caught = refused(tmp_path)
    assert_one_line(caught, tmp_path, "prepare_data.py --dataset=emoji")


def test_a_damaged_font_is_named(tmp_path, folder):
    whole = emoji_files.font()
    other = emoji_files.font(has_bitmaps=False)
    cut = (b"", b"no font", whole[:40], whole[: len(whole) // 2], other)
    for content in cut:
        (folder / emoji.FONT).write_bytes(content)
        assert_one_line(refused(tmp_path), folder / emoji.FONT, "CBDT")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda png: png[:-30], "cut short"),
        (lambda png: b"GIF89a no picture", "damaged"),
        (lambda png: b"<html>", "in HTML"),
    ],
)
def test_a_picture_that_is_none_is_named(tmp_path, change, what):
    folder = emoji_files.write(tmp_path, change=change)
    with pytest.raises(UserError) as caught:
        images.load("emoji", data_dir=str(tmp_path))
    assert_one_line(caught, folder / emoji.FONT, "grinning face", what)


def test_emoji_without_a_picture_are_counted_and_named(tmp_path, caplog):
    codes = dict(emoji_files.CODES)
    del codes["0023 20E3"], codes["1F528"]
    emoji_files.write(tmp_path, codes=codes)
    source = emoji.open_source(str(tmp_path), "train")
    assert source.captions == ["grinning face", "waving hand"]
    (line,) = warned_of(caplog)
    assert "no picture of 2 of 7 emoji (keycap: #, hammer)" in line


def test_a_font_of_other_pictures_is_refused(tmp_path):
    folder = emoji_files.write(tmp_path, codes={"0041": 0})
    assert_one_line(refused(tmp_path), folder / emoji.FONT, "no picture of an")


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ("", ["is not Unicode's emoji-test.txt"]),
        ("# group: A\n1F600 ; unqualified # x E1 y", ["is not Unicode's"]),
        ("1F600 ; fully-qualified # x E1.0 face", ["line 1", "in a group"]),
        (
            "# group: A\n\n1F6xy ; fully-qualified # x E1.0 face",
            ["line 3", "1F6xy"],
        ),
    ],
)
def test_another_table_of_names_is_refused(tmp_path, names, parts):
    folder = emoji_files.write(tmp_path, names=names)
    assert_one_line(refused(tmp_path), folder / emoji.NAMES, *parts)


def test_a_split_without_an_emoji_is_refused(tmp_path):
    names = "# group: A\n1F600 ; fully-qualified # x E1.0 grinning face"
    emoji_files.write(tmp_path, names=names)
    assert_one_line(refused(tmp_path, "unseen"), "'unseen'")


def test_old_tables_have_no_versions(tmp_path):
    path = tmp_path / "emoji-test.txt"
    path.write_text("# group: A\n1F600 FE0F ; fully-qualified # x grin E")
    assert emoji_names.read(path) == [Emoji((0x1F600,), "grin E", "A")]
