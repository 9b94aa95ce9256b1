"""A run whose folder of images has changed."""

import os

import numpy as np
import pytest
from PIL import Image

from tests.waiting import wait_for
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.training import same_data
from tfgan_ref.training.workdir import WorkDir


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    for k, name in enumerate(("cat/a", "cat/b", "dog/c", "dog/d")):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        save(path, 50 * k)
    return folder


def save(path, grey):
    pixels = np.full([4, 4], grey, np.uint8)
    pixels[0, 0] = 200
    Image.fromarray(pixels).save(path)


@pytest.fixture
def workdir(tmp_path, photos):
    """Of a run that has begun; what changes from now on is newer."""
    workdir = WorkDir(tmp_path / "run")
    workdir.path.mkdir()
    facts = load(photos).facts
    workdir.record_start({"a": 1, "data": facts}, {}, 0, {"data": facts})
    begun = workdir.config.stat().st_mtime_ns

    def is_past():
        (tmp_path / "now").write_text("")
        return (tmp_path / "now").stat().st_mtime_ns > begun

    wait_for(is_past)
    return workdir


def load(folder):
    return images.load(f"folder:{folder}")


def check(workdir, photos, settings=None, free=()):
    data = load(photos)
    told = {"a": 1, "data": data.facts}
    same_data.check(
        workdir, told if settings is None else settings, data, free=free
    )


def refusal(workdir, photos, **how):
    with pytest.raises(UserError) as caught:
        check(workdir, photos, **how)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(f"{workdir.path} holds a run on other images: ")
    assert message.endswith("choose another workdir")
    return message


def test_images_that_stayed_are_the_runs(workdir, photos):
    check(workdir, photos)
    os.utime(photos / "cat" / "a.png")
    check(workdir, photos)
    check(workdir, photos.rename(photos.with_name("moved")))


def test_what_is_new_or_changed_is_named(workdir, photos):
    save(photos / "dog" / "c.png", 77)
    save(photos / "cat" / "new.png", 78)
    message = refusal(workdir, photos)
    assert "4 of [4, 4, 1] then, 5 of [4, 4, 1] now" in message
    assert "New or changed since its last start: cat/new.png, dog/c.png. " in (
        message
    )
    assert "Taken" not in message


def test_where_something_is_gone_is_named(workdir, photos):
    (photos / "cat" / "b.png").unlink()
    message = refusal(workdir, photos)
    assert "4 of [4, 4, 1] then, 3 of [4, 4, 1] now" in message
    assert f"Taken since then from: {photos}/cat/. " in message
    assert "New" not in message


def test_images_are_compared_where_a_program_told_no_settings(workdir, photos):
    save(photos / "dog" / "c.png", 77)
    refusal(workdir, photos, settings={"a": 1})


def test_data_that_may_differ_may_differ(workdir, photos):
    save(photos / "dog" / "c.png", 77)
    check(workdir, photos, free={"data"})


def test_another_setting_is_named_before_the_images(workdir, photos):
    save(photos / "dog" / "c.png", 77)
    with pytest.raises(UserError, match="a run with a=1. Received: a=2"):
        check(workdir, photos, settings={"a": 2, "data": load(photos).facts})


def test_a_new_run_has_no_images_yet(tmp_path, photos):
    check(WorkDir(tmp_path / "none"), photos)
