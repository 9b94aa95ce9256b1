"""Folders that are divided, or of which a part is taken."""

import numpy as np
import pytest

from tests.data.files import GREY, assert_one_line, save, warned_of
from tfgan_ref.data import folder
from tfgan_ref.errors import UserError


@pytest.fixture
def divided(tmp_path):
    """Two splits; the number of a picture is its level."""
    for name, grey in (
        ("train/ant/a", 1),
        ("train/cat/a", 2),
        ("Validation/ant/b", 3),
        ("Validation/bee/c", 4),
        ("Validation/cat/d", 5),
    ):
        save(tmp_path / f"{name}.png", np.full([4, 5], grey, np.uint8))
    return tmp_path


def examples_of(path, split):
    source = folder.open_source(str(path), split)
    assert source.class_names in ((), ("ant", "bee", "cat"))
    return sorted((x[0, 0, 0], label) for x, label in source.examples)


def test_splits_number_their_classes_alike(divided, caplog):
    caplog.set_level("INFO", logger="absl")
    assert examples_of(divided, "train") == [(1, 0), (2, 2)]
    for split in ("val", "validation", "valid"):
        assert examples_of(divided, split) == [(3, 0), (4, 1), (5, 2)]
    assert examples_of(divided, "test") == [(3, 0), (4, 1), (5, 2)]
    assert "the splits train, val: Validation/ is taken" in caplog.text
    save(divided / "testing" / "cat" / "e.png", np.full([4, 5], 6, np.uint8))
    assert examples_of(divided, "test") == [(6, 2)]


def test_splits_may_be_without_classes(tmp_path):
    for name, grey in (("train/a", 1), ("test/b", 2)):
        save(tmp_path / f"{name}.png", np.full([4, 5], grey, np.uint8))
    assert examples_of(tmp_path, "train") == [(1, -1)]
    assert examples_of(tmp_path, "test") == [(2, -1)]


def test_what_stands_beside_splits_is_named(divided, caplog):
    save(divided / "cover.png", GREY)
    save(divided / "extra" / "a.png", GREY)
    assert len(examples_of(divided, "train")) == 2
    (warning,) = warned_of(caplog)
    assert warning.endswith(
        "not used, since beside the splits train, val: cover.png, extra"
    )


@pytest.mark.parametrize("names", [("train", "car"), ("test", "car")])
def test_a_class_may_have_the_name_of_a_split(tmp_path, names):
    for name in names:
        save(tmp_path / name / "a.png", GREY)
    source = folder.open_source(str(tmp_path), "train")
    assert source.class_names == tuple(sorted(names))


def test_a_split_that_is_not_there_is_refused_with_those_that_are(divided):
    (divided / "Validation").rename(divided / "test")
    with pytest.raises(UserError) as caught:
        folder.open_source(str(divided), "val")
    assert_one_line(caught, divided, "the splits train, test", "'val'")


def test_a_split_that_is_there_twice_is_refused(divided):
    (divided / "val").mkdir()
    with pytest.raises(UserError) as caught:
        folder.open_source(str(divided), "train")
    assert_one_line(caught, divided, "Validation and val", "one split")


def test_a_part_of_each_class_is_a_split(tmp_path):
    for name, count in (("ant", 5), ("bee", 10)):
        for k in range(count):
            grey = np.full([4, 5], 10 * count + k, np.uint8)
            save(tmp_path / name / f"{k}.png", grey)
    first = [x for x, _ in examples_of_any(tmp_path, "train[:80%]")]
    assert first == [50, 51, 52, 53, *range(100, 108)]
    rest = examples_of_any(tmp_path, "train[80%:]")
    assert rest == [(54, 0), (108, 1), (109, 1)]
    middle = [x for x, _ in examples_of_any(tmp_path, "train[20%:40%]")]
    assert middle == [51, 102, 103]


def test_classes_that_a_part_has_no_image_of_are_named(tmp_path, caplog):
    for name, count in (("ant", 5), ("bee", 10), ("cat", 9)):
        for k in range(count):
            save(tmp_path / name / f"{k}.png", GREY)
    source = folder.open_source(str(tmp_path), "train[:10%]")
    assert [label for _, label in source.examples] == [1]
    assert source.class_names == ("ant", "bee", "cat")
    (said,) = warned_of(caplog)
    assert said.endswith("without an image in train[:10%]: 2 (ant, cat)")


def examples_of_any(path, split):
    examples = folder.open_source(str(path), split).examples
    return sorted((image[0, 0, 0], label) for image, label in examples)


@pytest.mark.parametrize(
    "split",
    ["", "all", "train[", "train[9%:9%]", "train[80%:20%]", "train[:101%]"]
    + ["train[:8]", "train[:80%]+test"],
)
def test_what_is_no_split_is_refused_with_what_is(tmp_path, split):
    save(tmp_path / "a.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), split)
    assert_one_line(caught, "train, val, test", "train[:80%]", repr(split))


def test_a_part_without_images_is_refused(tmp_path):
    save(tmp_path / "a.png", GREY)
    with pytest.raises(UserError) as caught:
        folder.open_source(str(tmp_path), "train[:50%]")
    assert_one_line(caught, tmp_path, "'train[:50%]'")
