"""Pairs of one data set, and of two folders of equal file names."""

import numpy as np
import pytest

from tests.data import files
from tfgan_ref.data import augmentation, images, minibatches, pairs
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError

PIXELS = np.random.default_rng(2).integers(0, 256, (7, 8, 8, 3), np.uint8)
DATA = Images("made up", PIXELS, np.arange(7, dtype=np.int32), tuple("abcdefg"))


def test_sources_are_made_of_the_images():
    found = pairs.degraded(DATA, "mask")
    assert (len(found), found.image_shape) == (7, (8, 8, 3))
    assert found.class_names == DATA.class_names
    sources = found.sources[[5, 1]]
    np.testing.assert_array_equal(sources[:, :2], PIXELS[[5, 1], :2])
    assert (sources[:, 3:5, 3:5] == 128).all()
    assert found.facts == DATA.facts | {"pair": "mask"}
    assert pairs.degraded(DATA, "edges").sources.shape == (7, 8, 8, 1)


def test_some_are_pairs_always_the_same():
    targets, sources = pairs.degraded(DATA, "mask").some(4)
    assert targets.shape == sources.shape == (4, 8, 8, 3)
    assert targets.dtype == np.float32
    known = PIXELS / 127.5 - 1
    for target, source in zip(targets, sources, strict=True):
        assert abs(known - target).max((1, 2, 3)).min() < 1e-6
        np.testing.assert_array_equal(source[:2], target[:2])
    again, _ = pairs.degraded(DATA, "lowres").some(4)
    np.testing.assert_array_equal(again, targets)


def test_a_stream_is_of_targets_and_sources():
    data = pairs.degraded(DATA, "mask")
    make = pairs.stream(minibatches.stream)
    first, *_ = make(data, 3, seed=4, first=2).take(1)
    expected, *_ = minibatches.stream(DATA, 3, seed=4, first=2).take(1)
    targets, sources = (x.numpy() for x in first)
    np.testing.assert_array_equal(targets, expected)
    np.testing.assert_array_equal(sources[:, :2], targets[:, :2])
    assert abs(sources[:, 2:6, 2:6] - 128 / 127.5 + 1).max() < 1e-6


def test_both_of_a_pair_are_shifted_alike():
    data = pairs.degraded(DATA, "mask")
    make = augmentation.stream(minibatches.stream, ["mirror", "shift"])
    first, *_ = pairs.stream(make)(data, 7, seed=1).take(1)
    targets, sources = (x.numpy() for x in first)
    differ = (targets != sources).any(-1)
    middle = [np.argwhere(one).mean(0).round().tolist() for one in differ]
    assert len({*map(tuple, middle)}) > 1
    for target, source, where in zip(targets, sources, differ, strict=True):
        np.testing.assert_array_equal(source[~where], target[~where])
        assert abs(source[where] - 128 / 127.5 + 1).max() < 1e-6


@pytest.mark.parametrize(
    ("kind", "channels", "said"),
    [
        ("blur", 3, "edges, grey, mask, lowres. Received: blur"),
        ("grey", 1, "made up, pair grey: .* Received: 1 channel"),
    ],
)
def test_a_degradation_of_other_images_is_refused(kind, channels, said):
    data = Images("made up", PIXELS[..., :channels], DATA.labels)
    with pytest.raises(UserError, match=said):
        pairs.degraded(data, kind)


@pytest.fixture
def folders(tmp_path):
    """Two folders of the same three names."""
    for k, name in enumerate(("b", "a", "c/d")):
        shape = (8, 8, 3)
        colour = np.full(shape, 40 * k + 9, np.uint8)
        files.save(tmp_path / "photos" / "x" / f"{name}.png", colour)
        files.save(tmp_path / "sketches" / "x" / f"{name}.png", 255 - colour)
    return str(tmp_path / "photos"), str(tmp_path / "sketches")


def loaded(folders, split="train"):
    names = pairs.file_names(*folders, split)
    targets, sources = (
        images.load(f"folder:{x}", split=split) for x in folders
    )
    return names, pairs.of_files(targets, sources, names)


def test_pairs_are_of_equal_file_names(folders, tmp_path):
    names, found = loaded(folders)
    greys = found.images[:, 0, 0, 0].tolist()
    assert dict(zip(names, greys, strict=True)) == {
        "x/a.png": 49,
        "x/b.png": 9,
        "x/c/d.png": 89,
    }
    np.testing.assert_array_equal(found.sources[:], 255 - found.images[:])
    names, found = loaded(folders, "train[:70%]")
    assert {*names} == {"x/a.png", "x/b.png"} and len(found) == 2
    assert len(found.facts["pair"]) == 64


def test_names_are_found_without_a_word(folders, caplog):
    assert pairs.file_names(*map(str, folders), "train")
    assert not caplog.messages


@pytest.mark.parametrize("place", [0, 1])
def test_the_first_file_without_a_match_is_named(folders, place, tmp_path):
    for name in ("y", "bb"):
        files.save(
            tmp_path / ("photos", "sketches")[place] / "x" / f"{name}.png",
            files.COLOUR,
        )
    here, there = folders[place], folders[1 - place]
    with pytest.raises(UserError) as caught:
        pairs.file_names(*folders, "train")
    files.assert_one_line(
        caught, f"x/bb.png in {here}", f"no match in {there}", "first of 2"
    )


def test_a_damaged_file_of_a_pair_ends_it(folders, tmp_path):
    # Its head can be read.
    path = tmp_path / "sketches" / "x" / "b.png"
    files.save(path, files.noise(40, 40, 3))
    files.halve(path)
    with pytest.raises(UserError) as caught:
        loaded(folders)
    files.assert_one_line(caught, "sketches", "3 pictures", "Received: 2")
