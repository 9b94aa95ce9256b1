import gzip
import struct

import numpy as np
import pytest

from tfgan_ref.data import idx
from tfgan_ref.errors import UserError

TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"

# Two train images of 3 rows and 4 columns, one test image of 2 rows and 5.
TRAIN_PIXELS = bytes(range(12)) + bytes(range(255, 243, -1))
TEST_PIXELS = bytes((9, 8, 7, 6, 5, 10, 20, 30, 40, 50))


def packed(dimensions, values, type_code=8):
    header = struct.pack(">BBBB", 0, 0, type_code, len(dimensions))
    sizes = b"".join(struct.pack(">I", size) for size in dimensions)
    return header + sizes + values


@pytest.fixture
def folder(tmp_path):
    contents = {
        TRAIN_IMAGES: packed([2, 3, 4], TRAIN_PIXELS),
        TRAIN_LABELS: packed([2], bytes((3, 1))),
        TEST_IMAGES: packed([1, 2, 5], TEST_PIXELS),
        TEST_LABELS: packed([1], bytes((2,))),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(gzip.compress(content))
    return tmp_path


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


def test_train_images_come_in_file_order_with_rows_before_columns(folder):
    examples = list(idx.open_source(str(folder), "train").examples)
    images = [image for image, _ in examples]
    expected = [
        [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]],
        [[255, 254, 253, 252], [251, 250, 249, 248], [247, 246, 245, 244]],
    ]
    assert np.stack(images)[..., 0].tolist() == expected
    assert [int(label) for _, label in examples] == [3, 1]


def test_images_without_pixels_are_refused(folder):
    for shape in [2, 0, 0], [2, 3, 0], [2, 0, 4]:
        content = gzip.compress(packed(shape, b""))
        (folder / TRAIN_IMAGES).write_bytes(content)
        with pytest.raises(UserError) as caught:
            idx.open_source(str(folder), "train")
        assert_one_line(caught, TRAIN_IMAGES, "with pixels", "Received: 2 of")


def test_a_file_that_unpacks_without_end_is_refused(folder, monkeypatch):
    monkeypatch.setattr(idx, "_LIMIT", 999)
    (folder / TRAIN_LABELS).write_bytes(gzip.compress(bytes(1000)))
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, TRAIN_LABELS, "more than 999 bytes")


def test_the_test_split_reads_the_t10k_files(folder):
    ((image, label),) = idx.open_source(str(folder), "test").examples
    assert image.shape == (2, 5, 1)
    assert image[..., 0].tolist() == [[9, 8, 7, 6, 5], [10, 20, 30, 40, 50]]
    assert label == 2


def test_images_are_grey_bytes_with_the_shorter_side_as_natural_size(folder):
    source = idx.open_source(str(folder), "train")
    assert all(image.dtype == np.uint8 for image, _ in source.examples)
    assert source.channels == 1
    assert source.natural_size == 3
    assert idx.open_source(str(folder), "test").natural_size == 2


def test_class_names_reach_up_to_the_highest_label(folder):
    source = idx.open_source(str(folder), "train")
    assert source.class_names == ("0", "1", "2", "3")


def test_read_takes_the_bytes_of_any_rank(tmp_path):
    path = tmp_path / "cube.gz"
    path.write_bytes(gzip.compress(packed([1, 2, 1, 3], bytes(range(6)))))
    assert idx.read(path, 4).tolist() == [[[[0, 1, 2]], [[3, 4, 5]]]]


def test_an_unknown_split_is_refused_with_the_known_ones(folder):
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "validation")
    assert_one_line(caught, "train", "test", "validation")


@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, folder / name, "No such file")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(UserError) as caught:
        idx.open_source(str(tmp_path / "nowhere"), "train")
    assert_one_line(caught, tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [1, 5, 20, -9, -1])
def test_a_gzip_file_cut_short_anywhere_is_named(folder, kept):
    path = folder / TRAIN_IMAGES
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, path)


@pytest.mark.parametrize("place", [12, -8])
def test_a_damaged_gzip_file_is_named(folder, place):
    path = folder / TRAIN_IMAGES
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 0xFF
    path.write_bytes(bytes(damaged))
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, path)


@pytest.mark.parametrize("content", [b"<html>\nnot\nfound", b"\0\0\x08\x03"])
def test_a_file_that_is_not_gzip_is_named(folder, content):
    (folder / TRAIN_LABELS).write_bytes(content)
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, folder / TRAIN_LABELS)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"just\nsome text", id="text"),
        pytest.param(packed([24], TRAIN_PIXELS), id="rank 1"),
        pytest.param(packed([2, 3, 4, 1], TRAIN_PIXELS), id="rank 4"),
        pytest.param(packed([2, 3, 4], TRAIN_PIXELS, 0x0D), id="floats"),
        pytest.param(packed([2, 3, 4], b"")[:9], id="half a header"),
        pytest.param(packed([2, 3, 4], TRAIN_PIXELS[:-1]), id="a byte less"),
        pytest.param(packed([2, 3, 4], TRAIN_PIXELS + b"\0"), id="a byte more"),
        pytest.param(packed([3, 3, 4], TRAIN_PIXELS), id="an image less"),
    ],
)
def test_gzipped_content_that_is_not_the_promised_idx_is_named(folder, content):
    (folder / TRAIN_IMAGES).write_bytes(gzip.compress(content))
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, folder / TRAIN_IMAGES)


def test_more_labels_than_images_are_refused_with_both_counts(folder):
    path = folder / TRAIN_LABELS
    path.write_bytes(gzip.compress(packed([5], bytes((3, 1, 0, 0, 2)))))
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, folder, "2 images", "5 labels")


def test_files_without_any_image_are_refused(folder):
    for name, sizes in ((TRAIN_IMAGES, [0, 3, 4]), (TRAIN_LABELS, [0])):
        (folder / name).write_bytes(gzip.compress(packed(sizes, b"")))
    with pytest.raises(UserError) as caught:
        idx.open_source(str(folder), "train")
    assert_one_line(caught, folder)
