"""Pictures of pages, by a browser that a test has written."""

import contextlib
import sys

import numpy as np
import pytest
from PIL import Image

from tfgan_ref.errors import UserError
from tools.dev import tensorboard_pictures

BROWSER = """#!{python}
import sys
from PIL import Image

given = dict(a.lstrip("-").split("=", 1) for a in sys.argv[1:] if "=" in a)
width, height = map(int, given["window-size"].split(","))
if sys.argv[-1].endswith("#text"):
    sys.exit("no such page")
assert sys.argv[-1].startswith("http://127.0.0.1:1/#"), sys.argv
Image.new("RGB", (width, height), (7, 8, 9)).save(given["screenshot"])
"""


@pytest.fixture
def browser(tmp_path, monkeypatch):
    path = tmp_path / "bin" / "chromium"
    path.parent.mkdir()
    path.write_text(BROWSER.format(python=sys.executable))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent))
    monkeypatch.setattr(
        tensorboard_pictures,
        "serve",
        lambda logdir: contextlib.nullcontext("http://127.0.0.1:1/"),
    )
    return path


def take(tmp_path, *pages):
    flags = tensorboard_pictures._parse_flags(
        ["--logdir=runs", f"--out={tmp_path / 'out'}", "--pages", *pages]
    )
    tensorboard_pictures.main(flags)


def test_each_page_is_a_picture(browser, tmp_path, capsys):
    take(tmp_path, "hparams", "images")
    paths = sorted((tmp_path / "out").iterdir())
    assert sorted(capsys.readouterr().out.split()) == list(map(str, paths))
    assert [path.name for path in paths] == [
        "tensorboard_hparams.png",
        "tensorboard_images.png",
    ]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.size in {(1500, 700), (1000, 1100)}
            assert (np.asarray(picture.convert("RGB")) == [7, 8, 9]).all()


def test_a_browser_that_fails_or_is_missing_is_one_line(browser, tmp_path):
    with pytest.raises(UserError, match="made no picture: no such page"):
        take(tmp_path, "text")
    browser.unlink()
    with pytest.raises(UserError, match="chromium was expected on PATH"):
        take(tmp_path, "images")
