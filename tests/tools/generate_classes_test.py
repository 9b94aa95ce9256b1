"""tools/generate.py on a model that is asked for a class."""

import numpy as np
import pytest
from PIL import Image

from tests.small_run import SHAPE, data, make, save
from tfgan_ref import inference
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.serving import export
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir
from tools import generate
from tools.generation import classes, interpolation, pictures

SEEDS = np.arange(3, 10)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The workdir of a conditional run on classes a, b and c."""
    gan = make("projection")
    return save(gan, tmp_path_factory.mktemp("run")).path


@pytest.fixture(scope="module")
def model(path):
    return inference.load(path)


def run(*flags):
    generate.main(generate._parse_flags([str(flag) for flag in flags]))


def pixels_of(path):
    return np.asarray(Image.open(path))[..., None]


def near(pixels, floats):
    assert np.abs(pixels - 255 * floats).max() < 0.501


def samples(model, labels):
    return model.sample(SEEDS, label=np.broadcast_to(labels, len(SEEDS)))


def test_samples_are_of_the_class_by_name_or_number(path, model, tmp_path):
    flags = [f"--model={path}", "--n=7", "--seed=3"]
    run(*flags, "--class=c", f"--out={tmp_path / 'x.npz'}")
    with np.load(tmp_path / "x.npz") as found:
        near(found["images"], samples(model, 2))
        np.testing.assert_array_equal(found["seeds"], SEEDS)
        np.testing.assert_array_equal(found["labels"], [2] * 7)
    apart = samples(model, 2) - samples(model, 1)
    assert np.abs(apart).max((1, 2, 3)).min() > 0.01
    run(*flags, "--class=2", f"--out={tmp_path / 'files'}")
    near(
        pixels_of(tmp_path / "files" / "seed_000008.png"), samples(model, 2)[5]
    )
    run(*flags, "--class=c", f"--out={tmp_path / 'one.png'}")  # Three by three.
    assert pixels_of(tmp_path / "one.png").shape == (84, 84, 1)


def test_a_grid_has_a_class_per_column_below_its_name(path, model, tmp_path):
    flags = [f"--model={path}", "--n=7", "--seed=3"]
    run(*flags, f"--out={tmp_path / 'g.png'}")
    picture = pixels_of(tmp_path / "g.png")
    head = len(picture) - 3 * 28
    assert 10 < head < 40 and picture.shape[1] == 3 * 28
    assert picture[:head].min() < 128 < picture[:head].max()  # A name.
    drawn = samples(model, SEEDS % 3)
    for place in range(7):
        row, column = divmod(place, 3)  # Seed 3 is of class 0.
        y, x = head + 28 * row, 28 * column
        near(picture[y : y + 28, x : x + 28], drawn[place])
    assert (picture[head + 56 :, 28:] == 128).all()


def test_ways_are_within_a_class(path, model, tmp_path):
    flags = ["--seeds=4,1", "--frames=3", "--kind=linear", "--class=b"]
    run("interpolate", f"--model={path}", *flags, f"--out={tmp_path}")
    strip = pixels_of(tmp_path / "strip.png")
    ends = model.sample([4, 1], label=[1, 1])
    near(strip[:, :28], ends[0])
    near(strip[:, 56:], ends[1])
    middle = model.latents([4, 1]).mean(0, keepdims=True)
    near(strip[:, 28:56], model.generate(middle, 1)[0])
    other = interpolation.paths(model, [4, 1], 3, "linear", 2)
    assert np.abs(pictures.table(other) - strip / 255).max() > 0.01


def test_arithmetic_is_within_a_class(path, model, tmp_path):
    flags = ["--a=1", "--b=2", "--c=3", "--class=a"]
    run("arithmetic", f"--model={path}", *flags, f"--out={tmp_path}")
    picture = pixels_of(tmp_path / "arithmetic.png")
    near(picture[:28, :28], model.sample([1], label=[0])[0])
    a, b, c = model.latents([1, 2, 3])
    result = model.generate((a - b + c)[None], 0)[0]
    near(picture[28:56, 56 + 4 + 28 : 56 + 4 + 56], result)


def test_a_sample_of_a_class_is_found_in_it(path, model, tmp_path):
    picture = tmp_path / "image.png"
    image = pictures.to_uint8(model.sample([5], label=[1])[0])
    pictures.write_png(picture, image)
    flags = [f"--image={picture}", "--steps=0", "--starts=2", "--seed=4"]
    out = tmp_path / "out"
    run("project", f"--model={path}", *flags, "--class=1", f"--out={out}")
    row = pixels_of(out / "projection.png")
    near(row[:, 28:56], model.sample([5], label=[1])[0])  # The best start.
    near(row[:, 56:], model.sample([4], label=[1])[0])


@pytest.mark.parametrize(
    ("flags", "label"), [(["--class=c"], [2, 2]), ([], [1, 2])]
)
def test_the_nearest_are_to_samples_of_classes(
    flags, label, path, model, tmp_path, monkeypatch
):
    monkeypatch.setattr(images, "load", lambda *_, **__: data())
    given = ["--dataset=x", "--n=2", "--k=1", "--seed=1", *flags]
    run("neighbours", f"--model={path}", *given, f"--out={tmp_path}")
    picture = pixels_of(tmp_path / "neighbours.png")
    drawn = model.sample([1, 2], label=label)
    near(picture[:, :28], drawn.reshape(56, 28, 1))


COMMANDS = {
    "images": [],
    "interpolate": [],
    "arithmetic": ["--a=1", "--b=2", "--c=3"],
    "project": [],
    "neighbours": ["--dataset=x"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_class_that_does_not_exist_names_those_that_do(
    command, path, tmp_path
):
    flags = [*COMMANDS[command], f"--model={path}", f"--out={tmp_path / 'o'}"]
    if command == "project":
        picture = tmp_path / "image.png"
        pictures.write_png(picture, np.zeros(SHAPE, np.uint8))
        flags.append(f"--image={picture}")
    with pytest.raises(UserError, match="class Shoe. There are: a, b, c$"):
        run(command, *flags, "--class=Shoe")
    if command not in ("images", "neighbours"):
        said = "--class, one of a, b, c, was expected. Received: none"
        with pytest.raises(UserError, match=said):
            run(command, *flags)
    assert not (tmp_path / "o").exists()


def test_an_export_without_names_has_numbers(path, tmp_path):
    gan = networks.restore(WorkDir(path)).gan
    folder = export.export_gan(gan, tmp_path / "export", 1)
    model = inference.load(folder)
    assert (model.card["classes"], model.classes) == (3, 3)
    assert classes.names(model) == ["0", "1", "2"]
    assert classes.index(model, "2") == 2
    for name in ("3", "-1", "a"):
        with pytest.raises(UserError, match=f"{name}. There are: 0, 1, 2$"):
            classes.index(model, name)


def test_a_category_is_asked_for_by_its_number(tmp_path):
    path = save(make("infogan"), tmp_path / "run").path
    model = inference.load(path)
    flags = [f"--model={path}", "--n=7", "--seed=3", "--class=2"]
    run(*flags, f"--out={tmp_path / 'x.npz'}")
    with np.load(tmp_path / "x.npz") as found:
        near(found["images"], model.sample(SEEDS, category=[2] * 7))
    for name in ("a", "3"):  # The data's classes have names.
        with pytest.raises(UserError, match=f"{name}. There are: 0, 1, 2$"):
            classes.index(model, name)


def test_what_only_finds_a_class_is_not_asked_for_one(tmp_path):
    workdir = save(make("feature_matching"), tmp_path / "run")
    flags = [f"--model={workdir.path}", f"--out={tmp_path / 'o'}"]
    with pytest.raises(UserError, match="among samples of seeds, and cannot"):
        run("interpolate", *flags, "--class=b")
    assert not (tmp_path / "o").exists()
