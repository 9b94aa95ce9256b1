"""tools/gallery.py: the page, read by a parser and by a real browser."""

import base64
import html.parser
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from tests.small_run import make, save
from tests.waiting import SECONDS
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.outputs import write_json
from tools import gallery
from tools.gallery_page import charts, content
from tools.generation import interpolation, pictures

HOSTILE = "<script>alert('x')</script>\"&</style>"
STEPS = (0, 50, 500, 3000)


def write_grid(path, step):
    """A grid whose grey tells the step."""
    path.mkdir(exist_ok=True)
    grey = np.full((8, 6, 1), STEPS.index(step) * 40, np.uint8)
    pictures.write_png(path / f"step_{step:06d}.png", grey)


@pytest.fixture
def workdir(tmp_path):
    """A run of 60 records, hostile in all that it says."""
    workdir = save(make("dcgan"), tmp_path / HOSTILE.replace("/", "|"))
    config = {
        "settings": {"dataset": HOSTILE, HOSTILE: [1, HOSTILE]},
        "starts": [
            {"step": 0, "command": f"python {HOSTILE}", "revision": "abc"},
            {"step": 9, "command": "python again", "versions": {"tf": "2"}},
        ],
    }
    write_json(workdir.config, config)
    records = [
        {
            "step": 50 * (i + 1),
            "seconds": 2.5 * i,
            "loss/generator": 1.0 + i,
            "loss/discriminator": 30.0 - i,
            "eval/errors/raw": 100.0 - i,
        }
        for i in range(60)
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    workdir.metrics.write_text(lines)
    for step in STEPS:
        write_grid(workdir.samples, step)
    return workdir


class Page(html.parser.HTMLParser):
    """Elements and texts of a page.

    Attributes:
        elements: pairs of a tag and its attributes.
        texts: what stands in each innermost element, by its tag.
    """

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self._open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if self._open:
            self.texts.append((self._open[-1], data))

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def texts_of(self, tag):
        return [text for name, text in self.texts if name == tag]


def run(workdir, out, *flags):
    gallery.main(
        gallery._parse_flags(
            [f"--workdir={workdir.path}", f"--out={out}", *flags]
        )
    )
    return out / "index.html"


def page_of(workdir, out):
    return Page(run(workdir, out).read_text())


def png_of(attributes):
    start = "data:image/png;base64,"
    assert attributes["src"].startswith(start)
    content = base64.b64decode(attributes["src"][len(start) :])
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (
            int(attributes["width"]),
            int(attributes["height"]),
        )
        return np.asarray(image)


def test_nothing_from_elsewhere_is_asked_for(workdir, tmp_path):
    path = run(workdir, tmp_path / "site")
    assert [file.name for file in path.parent.iterdir()] == ["index.html"]
    page = Page(path.read_text())
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "base", "form")
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            if name in attributes:
                assert attributes[name].startswith("data:image/png;base64,")
    (style,) = page.texts_of("style")
    assert "url(" not in style and "@import" not in style
    (policy,) = [
        meta["content"]
        for meta in page.of("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy


def test_what_files_say_is_text(workdir, tmp_path):
    page = page_of(workdir, tmp_path / "site")
    assert len(page.of("script")) == len(page.of("style")) == 1
    assert f"python {HOSTILE}" in page.texts_of("code")
    assert HOSTILE in page.texts_of("th")
    assert str([1, HOSTILE]) in page.texts_of("td")
    assert f"Data: {HOSTILE} · 3,000 steps" in page.texts_of("p")[0]
    assert page.texts_of("title") == [HOSTILE.replace("/", "|")]
    assert "python again" in page.texts_of("code")


def test_the_slider_has_a_place_for_each_grid(workdir, tmp_path):
    page = page_of(workdir, tmp_path / "site")
    (slider,) = page.of("input")
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "3", "3")
    grids = [image for image in page.of("img") if "data-step" in image]
    assert [int(image["data-step"]) for image in grids] == list(STEPS)
    assert [png_of(image)[0, 0] for image in grids] == [0, 40, 80, 120]
    assert {label["for"] for label in page.of("label")} == {slider["id"]}


def test_the_interpolations_are_those_of_the_model(workdir, tmp_path):
    page = page_of(workdir, tmp_path / "site")
    linear, spherical = (
        png_of(image) for image in page.of("img") if "data-step" not in image
    )
    model = inference.load(workdir.path)
    for picture, kind in ((linear, "linear"), (spherical, "spherical")):
        ways = interpolation.paths(model, [0, 1, 2, 3], 10, kind)
        cells = 255 * pictures.table(ways)[..., 0]
        assert np.abs(picture[::2, ::2] - cells).max() < 0.501
    assert all(image["alt"] for image in page.of("img"))


def test_each_class_has_an_interpolation_of_its_own(tmp_path):
    run = save(make("conditional"), tmp_path / "run")
    page = page_of(run, tmp_path / "site")
    linear, _ = (png_of(image) for image in page.of("img"))
    model = inference.load(run.path)
    ways = [
        interpolation.paths(model, [0, 1], 10, "linear", label)
        for label in range(3)
    ]
    cells = 255 * pictures.table(np.concatenate(ways))[..., 0]
    assert np.abs(linear[::2, ::2] - cells).max() < 0.501
    assert "From top to bottom, within a class: a, b, c." in page.texts_of("p")


def test_the_curves_are_the_records(workdir, tmp_path):
    page = page_of(workdir, tmp_path / "site")
    assert page.texts_of("figcaption")[:2] == [
        "Cost of both players",
        "Errors on the test set",
    ]
    generator, discriminator, errors = (
        np.array(
            [pair.split(",") for pair in line["points"].split()], np.float64
        )
        for line in page.of("polyline")
    )
    for points in (generator, discriminator, errors):
        assert len(points) == 60
        # Steps are equally far apart, from the left to the right.
        np.testing.assert_allclose(
            points[:, 0], np.linspace(52, 480 - 26, 60), atol=0.06
        )
    # The costs share an axis, from -29 at the foot to 60 at the head.
    axis = np.linspace(210 - 28, 12, 90)
    np.testing.assert_allclose(generator[:, 1], axis[30:], atol=0.06)
    np.testing.assert_allclose(discriminator[:, 1], axis[59::-1], atol=0.06)
    np.testing.assert_allclose(
        errors[:, 1], np.linspace(12, 182, 60), atol=0.06
    )


def test_ticks_are_round_and_where_their_numbers_are():
    svg = charts.draw({"a": [(0, 0.013), (1000, 0.042)]}, "t")
    ticks = re.findall(r'y="([\d.]+)" class="end">([\d.]+)<', svg)
    assert [text for _, text in ticks] == ["0.02", "0.03", "0.04"]
    for y, text in ticks:
        share = (float(text) - 0.013) / (0.042 - 0.013)
        assert float(y) - 4 == pytest.approx(182 - share * 170, abs=0.11)


def test_what_is_not_finite_is_a_gap_and_many_points_are_means():
    nan, inf = float("nan"), float("inf")
    line = [(0, 1.0), (1, nan), (2, 2.0), (3, 3.0), (4, inf)]
    svg = charts.draw({"a": line}, "t")
    lines = re.findall(r'points="([^"]*)"', svg)
    assert [len(stretch.split()) for stretch in lines] == [2, 2]
    assert len(set(lines[0].split())) == 1  # A dot.
    assert charts.draw({"a": [(0, nan)], "b": []}, "t") == ""
    huge = {"a": [(0, 1e308), (1, 2.0)], "b": [(0, -1e308), (1, 3.0)]}
    small = {name: pairs[1:] for name, pairs in huge.items()}
    assert charts.draw(huge, "t") == charts.draw(small, "t") != ""
    assert "polyline" in charts.draw({"a": [(0, 0.0), (1, 5e-324)]}, "t")
    assert "polyline" in charts.draw({"a": [(5, 2.0)]}, "t")
    thin = charts._thin([(i, float(i % 4)) for i in range(1000)])
    assert len(thin) == 250
    assert thin[0] == (3, 1.5) and thin[-1] == (999, 1.5)


def test_a_run_that_has_just_begun_has_a_page(workdir, tmp_path, capsys):
    for path in (*workdir.checkpoints.iterdir(), *workdir.samples.iterdir()):
        path.unlink()
    workdir.metrics.unlink()
    page = page_of(workdir, tmp_path / "site")
    assert not page.of("input") and not page.of("svg") and not page.of("img")
    assert any("has no checkpoint yet" in p for p in page.texts_of("p"))
    assert "No interpolations: " in capsys.readouterr().out


def test_a_run_on_points_has_a_page_without_interpolations(tmp_path):
    workdir = save(make("toy"), tmp_path / "run")
    page = page_of(workdir, tmp_path / "site")
    assert any("of images was expected" in p for p in page.texts_of("p"))


def test_only_pictures_of_the_run_are_shown(workdir, tmp_path, caplog):
    (workdir.samples / "step_000007.png").write_text("no picture")
    (workdir.samples / "step_x.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    cut = (workdir.samples / "step_000050.png").read_bytes()[:12]
    (workdir.samples / "step_000009.png").write_bytes(cut)
    secret = tmp_path / "secret.png"
    secret.write_bytes((workdir.samples / "step_000050.png").read_bytes())
    (workdir.samples / "step_000008.png").symlink_to(secret)
    assert list(content._grids(workdir.samples)) == list(STEPS)
    (said,) = caplog.messages
    assert said.endswith("step_000009.png is damaged, and passed over")


@pytest.mark.parametrize(("size", "count"), [(4_000_000, 24), (50_000, 10)])
def test_there_are_not_too_many_grids(size, count, tmp_path, monkeypatch):
    png = io.BytesIO()
    Image.new("L", (2, 2)).save(png, "png")
    for step in range(0, 1000, 10):
        path = tmp_path / f"step_{step:06d}.png"
        path.write_bytes(png.getvalue().ljust(5000, b"\0"))
    monkeypatch.setattr(content, "_BYTES", size)
    steps = list(content._grids(tmp_path))
    assert len(steps) == count
    assert (steps[0], steps[-1]) == (0, 990)
    gaps = np.diff(steps)
    assert gaps.max() - gaps.min() <= 10


def test_a_page_of_its_own_is_replaced_and_no_other(workdir, tmp_path):
    path = run(workdir, tmp_path / "site")
    run(workdir, tmp_path / "site")
    path.write_text("<h1>mine</h1>")
    with pytest.raises(UserError, match="no page of this program"):
        run(workdir, tmp_path / "site")
    assert path.read_text() == "<h1>mine</h1>"
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="--out must be a folder"):
        run(workdir, tmp_path / "file")


def test_no_run_is_one_line_and_no_page(tmp_path):
    with pytest.raises(UserError, match=r"Cannot read .*config\.json"):
        gallery.main(
            gallery._parse_flags(
                [f"--workdir={tmp_path}", f"--out={tmp_path / 'site'}"]
            )
        )
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("flag", ["--zoom=0", "--seed=-1", "--seed=x"])
def test_a_wrong_flag_is_one_line(flag, capsys):
    with pytest.raises(SystemExit):
        gallery._parse_flags(["--workdir=w", "--out=o", flag])
    name = flag.partition("=")[0]
    assert name in capsys.readouterr().err.splitlines()[-1]


@pytest.fixture
def browse(tmp_path):
    """Function of an address that gives the page as a browser has it then."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        pytest.skip("no Chromium is installed")

    def dump(address):
        done = subprocess.run(
            [
                browser,
                "--headless",
                "--disable-gpu",
                "--no-sandbox",
                f"--user-data-dir={tmp_path / 'profile'}",
                "--virtual-time-budget=2000",
                "--dump-dom",
                address,
            ],
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, done.stderr
        return Page(done.stdout)

    return dump


def shown(page):
    return [
        int(image["data-step"])
        for image in page.of("img")
        if "shown" in image.get("class", "").split()
    ]


@pytest.mark.parametrize(
    ("address", "step"),
    [("", 3000), ("#step=500", 500), ("#step=70", 50), ("#other", 3000)],
)
def test_a_browser_shows_the_grid_of_the_step(
    address, step, browse, workdir, tmp_path
):
    path = run(workdir, tmp_path / "site")
    page = browse(path.as_uri() + address)
    assert shown(page) == [step]
    assert page.texts_of("output") == [f"{step:,}"]


def test_the_slider_moves_the_samples(browse, workdir, tmp_path):
    path = run(workdir, tmp_path / "site")
    text = path.read_text()
    # As a hand or the arrow keys would.
    move = (
        "<script>slider.value = 1; slider.dispatchEvent(new Event('input'));"
        "</script></body>"
    )
    policy = r"script-src '[^']*'"
    text = re.sub(policy, "script-src 'unsafe-inline'", text)
    path.write_text(text.replace("</body>", move))
    assert shown(browse(path.as_uri())) == [50]
