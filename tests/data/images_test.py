import gzip
import struct

import numpy as np
import pytest
from PIL import Image

from tfgan_ref.data import cache, digits
from tfgan_ref.data.images import Images, keep_labels, load
from tfgan_ref.data.source import Source
from tfgan_ref.errors import UserError
from tfgan_ref.models import dcgan


def folder_of(tmp_path, *pictures):
    """Saves the pixels as 0.png, 1.png... and returns the set's name."""
    for index, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    return f"folder:{tmp_path}"


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


# Loading.


def test_load_gives_bytes_labels_and_names(tmp_path):
    for name, grey in (("cat/a", 7), ("ant/a", 9), ("cat/b", 5)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pixels = np.full([3, 3], grey, np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    data = load(f"folder:{tmp_path}")
    assert data.images.dtype == np.uint8
    assert data.labels.dtype == np.int32
    greys = data.images[:, 1, 1, 0].tolist()
    labels = data.labels.tolist()
    assert {*zip(greys, labels, strict=True)} == {(9, 0), (7, 1), (5, 1)}
    assert data.class_names == ("ant", "cat")
    assert data.name == f"folder:{tmp_path}"
    assert data.image_shape == (3, 3, 1)
    assert len(data) == 3


def test_load_reads_the_split_that_is_asked_for_of_idx_files(tmp_path):
    for prefix, value in (("train", 20), ("t10k", 30)):
        images = struct.pack(">HBBIII", 0, 8, 3, 1, 2, 2) + bytes([value] * 4)
        labels = struct.pack(">HBBI", 0, 8, 1, 1) + bytes([value // 10])
        for kind, content in (("images-idx3", images), ("labels-idx1", labels)):
            path = tmp_path / f"{prefix}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(content))
    for split, value in (("train", 20), ("test", 30)):
        data = load(f"idx:{tmp_path}", split=split)
        assert data.images[:].ravel().tolist() == [value] * 4
        assert data.labels.tolist() == [value // 10]


def test_digits_grow_to_28_pixels_unless_another_size_is_asked_for():
    assert load("digits").images.shape == (1797, 28, 28, 1)
    data = load("digits", image_size=8)
    assert data.images.shape == (1797, 8, 8, 1)
    assert data.images[0, 1, :, 0].tolist() == [0, 0, 207, 239, 159, 239, 80, 0]


def test_a_set_of_one_size_is_kept_as_it_is_stored(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, [2, 6, 6, 3], np.uint8)
    data = load(folder_of(tmp_path, *pixels))
    np.testing.assert_array_equal(data.images, pixels)


# Bringing to one size.


def test_shrinking_averages_instead_of_leaving_pixels_out(tmp_path):
    checkers = np.indices([64, 64]).sum(0) % 2
    checkers = checkers * np.repeat([255, 100], 32)
    name = folder_of(tmp_path, checkers.astype(np.uint8))
    small = load(name, image_size=16).images[0, ..., 0].astype(float)
    # Away from the edges and from the border between the halves.
    np.testing.assert_allclose(small[2:-2, 2:6], 127.5, atol=2)
    np.testing.assert_allclose(small[2:-2, 10:14], 50, atol=2)


def test_shrinking_keeps_the_place_of_things(tmp_path):
    pixels = np.zeros([40, 40], np.uint8)
    pixels[4:12, 24:36] = 240
    small = load(folder_of(tmp_path, pixels), image_size=10).images[0, ..., 0]
    rows, columns = np.nonzero(small > 120)
    assert (rows.min(), rows.max()) == (1, 2)
    assert (columns.min(), columns.max()) == (6, 8)


@pytest.mark.parametrize("upright", [False, True])
def test_the_middle_square_is_cut_out_of_an_oblong(tmp_path, upright):
    # Bands of two pixels: 10, 20, ... 60; the middle 8 of 12 are 20 to 50.
    bands = np.tile(np.repeat(np.arange(10, 70, 10), 2), [8, 1])
    bands = bands.astype(np.uint8)
    data = load(folder_of(tmp_path, bands.T if upright else bands))
    square = data.images[0, ..., 0].T if upright else data.images[0, ..., 0]
    assert square.shape == (8, 8)
    assert square.tolist() == [[20, 20, 30, 30, 40, 40, 50, 50]] * 8


def test_mixed_sizes_come_to_the_shorter_side_of_the_smallest(tmp_path):
    name = folder_of(
        tmp_path,
        np.full([12, 30, 3], (200, 10, 60), np.uint8),
        np.full([20, 9, 3], (20, 130, 90), np.uint8),
    )
    data = load(name)
    assert data.images.shape == (2, 9, 9, 3)
    assert np.unique(data.images[0].reshape(-1, 3), axis=0).tolist() == [
        [200, 10, 60]
    ]
    assert np.unique(data.images[1].reshape(-1, 3), axis=0).tolist() == [
        [20, 130, 90]
    ]


def test_a_function_of_the_natural_size_chooses_the_size(tmp_path):
    asked = []

    def half(natural_size):
        asked.append(natural_size)
        return natural_size // 2

    name = folder_of(
        tmp_path, np.zeros([26, 14], np.uint8), np.zeros([18, 40], np.uint8)
    )
    assert load(name, image_size=half).image_shape == (7, 7, 1)
    assert asked == [14]


@pytest.mark.parametrize(
    ("side", "size"), [(28, 28), (31, 28), (63, 32), (64, 64), (140, 128)]
)
def test_dcgan_gets_the_largest_size_that_needs_no_enlarging(
    tmp_path, side, size
):
    name = folder_of(tmp_path, np.zeros([side, side + 3], np.uint8))
    data = load(name, image_size=dcgan.image_size_for)
    assert data.image_shape == (size, size, 1)


def test_images_too_small_for_dcgan_are_refused_with_their_side(tmp_path):
    name = folder_of(
        tmp_path, np.zeros([50, 40], np.uint8), np.zeros([27, 64], np.uint8)
    )
    with pytest.raises(UserError) as caught:
        load(name, image_size=dcgan.image_size_for)
    assert_one_line(caught, "28", "27")


# Channels.


def test_grey_becomes_colour_with_three_equal_channels(tmp_path):
    grey = np.array([[1, 70], [130, 255]], np.uint8)
    data = load(folder_of(tmp_path, grey), channels=3)
    assert data.image_shape == (2, 2, 3)
    for channel in range(3):
        assert data.images[0, ..., channel].tolist() == grey.tolist()


def test_colour_becomes_grey_by_its_luma(tmp_path):
    colours = np.array(
        [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [10, 200, 90]]], np.uint8
    )
    data = load(folder_of(tmp_path, colours), channels=1)
    # Rec. 601: 0.299 red + 0.587 green + 0.114 blue.
    expected = [[76.245, 149.685], [29.07, 130.65]]
    assert data.image_shape == (2, 2, 1)
    np.testing.assert_allclose(data.images[0, ..., 0], expected, atol=1)


@pytest.mark.parametrize("channels", [0, 2, 4])
def test_another_number_of_channels_is_refused(channels):
    with pytest.raises(UserError) as caught:
        load("digits", channels=channels)
    assert_one_line(caught, "1 or 3", channels)


# Errors.


@pytest.mark.parametrize(
    "name", ["digit", "", "idx:", "folder:", "photos:/tmp", "no/such/set"]
)
def test_an_unknown_name_is_refused_with_what_exists(name, tmp_path):
    with pytest.raises(UserError) as caught:
        load(name, data_dir=str(tmp_path))
    assert_one_line(
        caught, "digits", "idx:FOLDER", "folder:FOLDER", "TFDS", repr(name)
    )


@pytest.mark.parametrize("name", ["digits", "idx:x", "folder:x:y"])
def test_a_folder_of_tfds_is_refused_for_other_data(name):
    with pytest.raises(UserError) as caught:
        load(name, data_dir="somewhere")
    assert_one_line(caught, "TFDS", name, "data_dir=somewhere")


def test_a_folder_whose_images_all_break_off_is_refused(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, [40, 40, 3], np.uint8)
    name = folder_of(tmp_path, pixels)
    path = tmp_path / "0.png"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UserError) as caught:
        load(name)
    assert_one_line(caught, tmp_path)


# The cache: see also cache_test.py.


def test_tests_do_not_use_the_cache_of_the_user(tmp_path_factory):
    tests = tmp_path_factory.getbasetemp()
    assert cache.folder().is_relative_to(tests)


# The fingerprint.


def small_set():
    pixels = np.arange(2 * 3 * 3 * 1, dtype=np.uint8).reshape(2, 3, 3, 1)
    return pixels, np.array([4, 2], np.int32)


def test_the_fingerprint_depends_on_content_alone():
    pixels, labels = small_set()
    in_other_order = np.asfortranarray(pixels)
    assert in_other_order.tobytes("A") != pixels.tobytes()
    one = Images("one", pixels, labels).fingerprint
    other = Images("other", in_other_order, labels.copy(), ("a",)).fingerprint
    assert one == other
    assert len(one) == 64
    int(one, 16)


def test_the_fingerprint_changes_with_a_pixel_a_label_and_the_shape():
    pixels, labels = small_set()
    one_pixel = pixels.copy()
    one_pixel[1, 2, 0, 0] ^= 1
    variants = [
        Images("set", pixels, labels),
        Images("set", one_pixel, labels),
        Images("set", pixels, labels[::-1]),
        Images("set", pixels.reshape(2, 1, 9, 1), labels),
        Images("set", pixels[::-1], labels),
    ]
    assert len({variant.fingerprint for variant in variants}) == 5


def test_the_fingerprint_changes_with_the_seed_of_the_kept_labels():
    prints = {
        load("digits", image_size=8, labelled=20, label_seed=seed).fingerprint
        for seed in (0, 1)
    }
    prints.add(load("digits", image_size=8).fingerprint)
    assert len(prints) == 3


# Few labels.

# Classes 0, 1, 2 have 5, 3 and 4 examples; one has none.
LABELS = np.array([0, 1, 0, 2, 2, -1, 0, 1, 0, 2, 1, 0, 2], np.int32)


def test_every_class_keeps_equally_many_labels():
    kept = keep_labels(LABELS, 6, seed=3)
    assert kept.dtype == np.int32
    assert [(kept == label).sum() for label in (-1, 0, 1, 2)] == [7, 2, 2, 2]
    has = kept >= 0
    np.testing.assert_array_equal(kept[has], LABELS[has])


def test_keeping_labels_leaves_the_given_ones_alone():
    labels = LABELS.copy()
    keep_labels(labels, 3, seed=0)
    np.testing.assert_array_equal(labels, LABELS)


def test_a_seed_fixes_which_labels_are_kept():
    choices = {tuple(keep_labels(LABELS, 6, seed=s).tolist()) for s in range(9)}
    assert len(choices) > 4
    again = {tuple(keep_labels(LABELS, 6, seed=s).tolist()) for s in range(9)}
    assert again == choices


def test_the_kept_labels_are_not_the_first_of_their_class():
    labels = np.repeat(np.arange(2), 500)
    places = np.nonzero(keep_labels(labels, 200, seed=0) == 0)[0]
    assert len(places) == 100
    # The mean of 100 of 0 ... 499 is 249.5 with a deviation of 13.
    assert 190 < places.mean() < 310


# None, fewer than there are classes, and more.
@pytest.mark.parametrize("count", [0, -3, 2, 4])
def test_a_count_that_the_classes_cannot_share_is_refused(count):
    with pytest.raises(UserError) as caught:
        keep_labels(LABELS, count, seed=0)
    assert_one_line(
        caught,
        "`labelled`",
        "multiple of the 3 classes",
        "each gets as many",
        f"Received: {count}",
    )


def test_more_labels_than_a_class_has_are_refused_with_its_number():
    with pytest.raises(UserError) as caught:
        keep_labels(LABELS, 12, seed=0)
    assert_one_line(caught, "`labelled`=12", "asks for 4", "class 1 has 3")


def test_a_class_without_any_example_is_named():
    labels = np.array([0, 2, -1, 2, 0], np.int32)
    with pytest.raises(UserError) as caught:
        keep_labels(labels, 3, seed=0)
    assert_one_line(caught, "`labelled`=3", "class 1 has 0")


def test_keeping_labels_of_a_set_without_any_is_refused(tmp_path):
    name = folder_of(tmp_path, np.zeros([4, 4], np.uint8))
    assert load(name).labels.tolist() == [-1]
    with pytest.raises(UserError) as caught:
        load(name, labelled=1)
    assert_one_line(caught, name, "has no labels", "--labels=1", "Received: 1 ")


@pytest.mark.parametrize("labelled", [None, 3])
def test_a_label_beyond_the_names_of_the_classes_is_refused(
    labelled, monkeypatch
):
    pixels = np.zeros([2, 2, 1], np.uint8)
    source = Source([(pixels, 1), (pixels, 2)], 2, 1, ("ant", "cat"))
    monkeypatch.setattr(digits, "open_source", lambda split: source)
    with pytest.raises(UserError) as caught:
        load("digits", labelled=labelled)
    assert_one_line(caught, "digits", "labels below 2", "Received: 2")


def test_load_keeps_as_many_labels_as_asked_for():
    data = load("digits", image_size=8, labelled=50, label_seed=7)
    everyone = load("digits", image_size=8).labels
    has = data.labels >= 0
    assert np.bincount(data.labels[has]).tolist() == [5] * 10
    np.testing.assert_array_equal(data.labels[has], everyone[has])
