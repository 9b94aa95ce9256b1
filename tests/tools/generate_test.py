"""tools/generate.py: samples, ways, arithmetic, projections, neighbours."""

import dataclasses
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

from tests import forked
from tests.small_gan import around
from tests.small_run import SHAPE, data, make, save
from tfgan_ref import inference, priors
from tfgan_ref.errors import UserError
from tfgan_ref.serving import export
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir
from tools import generate
from tools.generation import (
    arithmetic,
    classes,
    interpolation,
    neighbours,
    pictures,
    projection,
    sampling,
)

COMMANDS = [
    ["images"],
    ["interpolate"],
    ["arithmetic", "--a=1", "--b=2", "--c=3"],
    ["neighbours"],
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The workdir of a run."""
    return save(make("normal"), tmp_path_factory.mktemp("run")).path


@pytest.fixture(scope="module")
def model(path):
    return inference.load(path)


def run(*flags):
    generate.main(generate._parse_flags([str(flag) for flag in flags]))


def pixels_of(path):
    image = np.asarray(Image.open(path))
    return image if image.ndim == 3 else image[..., None]


def test_png_files_are_the_samples_of_the_seeds(path, model, tmp_path, capsys):
    out = tmp_path / "a" / "b"
    run(f"--model={path}", "--n=3", "--seed=5", f"--out={out}")
    assert capsys.readouterr().out.startswith("3 images, ")
    names = [f"seed_00000{seed}.png" for seed in (5, 6, 7)]
    assert sorted(file.name for file in out.iterdir()) == names
    images = 255 * model.sample([5, 6, 7])
    for name, image in zip(names, images, strict=True):
        assert np.abs(pixels_of(out / name) - image).max() < 0.501


def test_a_sample_is_the_same_in_any_number_of_them(path, tmp_path):
    run(f"--model={path}", "--n=300", f"--out={tmp_path / 'all.npz'}")
    out = tmp_path / "few.npz"
    run(f"--model={path}", "--n=2", "--seed=298", f"--out={out}")
    with np.load(tmp_path / "all.npz", allow_pickle=False) as found:
        images, seeds = found["images"], found["seeds"]
    assert (images.dtype, images.shape) == (np.uint8, (300, *SHAPE))
    np.testing.assert_array_equal(seeds, np.arange(300))
    with np.load(out, allow_pickle=False) as found:
        np.testing.assert_array_equal(found["images"], images[298:])


def test_samples_in_bfloat16_are_near_and_need_the_workdir(path, tmp_path):
    def drawn(*flags):
        out = tmp_path / f"{len(flags)}.npz"
        run(f"--model={path}", "--n=9", f"--out={out}", *flags)
        with np.load(out, allow_pickle=False) as found:
            return found["images"].astype(int)

    apart = np.abs(drawn("--bfloat16") - drawn())
    assert 0 < apart.max() <= 4
    folder = tmp_path / "export"
    export.export_gan(networks.restore(WorkDir(path)).gan, folder, 1)
    with pytest.raises(UserError, match="a precision can be chosen in a run"):
        run(f"--model={folder}", "--bfloat16", f"--out={tmp_path / 'no'}")


def test_many_are_drawn_some_at_a_time(model, monkeypatch):
    seeds = np.arange(7)
    whole = sampling.draw(model, seeds)
    monkeypatch.setattr(sampling, "_CHUNK", 3)
    np.testing.assert_array_equal(sampling.draw(model, seeds), whole)


def test_a_grid_is_one_picture_zoomed(path, model, tmp_path):
    run(f"--model={path}", "--n=3", f"--out={tmp_path / 'g.png'}", "--zoom=2")
    picture = pixels_of(tmp_path / "g.png")
    assert picture.shape == (2 * 56, 2 * 56, 1)
    samples = pictures.to_uint8(model.sample([0, 1, 2]))
    np.testing.assert_array_equal(picture[1:56:2, 56::2], samples[1])
    np.testing.assert_array_equal(picture[56::2, :56:2], samples[2])
    run(f"--model={path}", "--n=3", f"--out={tmp_path}", "--grid")
    np.testing.assert_array_equal(
        pixels_of(tmp_path / "grid.png"), picture[::2, ::2]
    )


def test_a_gif_has_a_frame_per_sample(path, model, tmp_path):
    run(
        f"--model={path}",
        "--n=4",
        f"--out={tmp_path / 'x.gif'}",
        "--truncation=0.5",
    )
    with Image.open(tmp_path / "x.gif") as animation:
        assert animation.n_frames == 4
        animation.seek(2)
        frame = np.asarray(animation.convert("L"), np.float32)
    sample = 255 * model.sample([2], 0.5)[0, ..., 0]
    assert np.abs(frame - sample).max() < 0.501


@pytest.mark.parametrize("flags", [["--n=2"], ["--n=2", "--grid"]])
def test_nothing_is_overwritten_without_a_word(flags, path, tmp_path):
    run(f"--model={path}", f"--out={tmp_path}", *flags)
    before = {f: f.read_bytes() for f in tmp_path.iterdir()}
    with pytest.raises(UserError, match="is there already"):
        run(f"--model={path}", "--truncation=0", f"--out={tmp_path}", *flags)
    assert {f: f.read_bytes() for f in tmp_path.iterdir()} == before
    run(
        f"--model={path}",
        "--truncation=0",
        f"--out={tmp_path}",
        "--overwrite",
        *flags,
    )
    assert {f: f.read_bytes() for f in tmp_path.iterdir()} != before


def test_samples_of_a_class_are_those_that_the_model_takes_for_it(tmp_path):
    workdir = save(make("feature_matching"), tmp_path / "run")
    model = inference.load(workdir.path)
    # A classifier that tells bright from dark images: no class is sure.
    images = keras.Input(SHAPE)
    mean = keras.layers.GlobalAveragePooling2D()(images)
    judge = keras.Model(images, keras.layers.Dense(3)(mean))
    threshold = np.median(model.sample(np.arange(64)).mean((1, 2, 3)))
    weight = np.array([[-1e3, 1e3, 0]])
    level = 1e3 * (2 * threshold - 1)
    bias = np.array([level, -level, -1e9])
    judge.set_weights([weight, bias])
    found = networks.restore(workdir)
    path = export.export_gan(
        around(found.gan.sampler, judge, found.gan.prior),
        tmp_path / "export",
        1,
        class_names=found.class_names,
        card=found.card,
    )
    run(
        f"--model={path}",
        "--class=b",
        "--n=9",
        "--seed=2",
        f"--out={tmp_path / 'b.npz'}",
    )
    with np.load(tmp_path / "b.npz") as samples:
        seeds = samples["seeds"]
        means = samples["images"].mean((1, 2, 3)) / 255
    assert len(seeds) == 9 and seeds[0] >= 2
    assert means.min() > threshold - 1e-3
    every = model.sample(np.arange(2, seeds[-1] + 1)).mean((1, 2, 3))
    bright = 2 + np.flatnonzero(every > threshold)
    np.testing.assert_array_equal(seeds, bright)  # None is left out.
    assert classes.index(inference.load(path), "2") == 2
    for name in ("d", "3", "-1"):
        with pytest.raises(UserError, match=f"no class {name}. .*: a, b, c"):
            classes.index(inference.load(path), name)
    sampling_tries, sampling._TRIES = sampling._TRIES, 3
    try:
        with pytest.raises(UserError, match="looked at, and 0 are of class 2"):
            sampling.seeds_of_class(inference.load(path), 2, 9, 0)
    finally:
        sampling._TRIES = sampling_tries


def test_a_class_needs_a_model_that_knows_some(path, tmp_path):
    for command in COMMANDS:
        with pytest.raises(UserError, match="knows no classes") as caught:
            run(*command, f"--model={path}", "--class=1", f"--out={tmp_path}")
        assert len(str(caught.value).splitlines()) == 1
        assert not list(tmp_path.iterdir())


def test_the_line_is_straight():
    a, b = np.array([1.0, 0.0, 2.0]), np.array([3.0, -4.0, 2.0])
    points = interpolation.linear(a, b, [0.0, 0.25, 1.0])
    np.testing.assert_allclose(points, [a, [1.5, -1.0, 2.0], b])


@pytest.mark.parametrize("centre", [0.0, 0.5])
def test_the_arc_has_the_angle_and_the_norm_of_its_share(centre):
    a = np.array([3.0, 0.0]) + centre
    b = np.array([0.0, 3.0]) + centre
    points = interpolation.spherical(a, b, [0.0, 1 / 3, 1.0], centre) - centre
    angle = np.arctan2(points[:, 1], points[:, 0])
    np.testing.assert_allclose(angle, [0, np.pi / 6, np.pi / 2], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 3.0)


@pytest.mark.parametrize("scale", [2.0, -1.0, 0.0])
def test_where_there_is_no_one_arc_it_is_the_line(scale):
    a = np.array([1.0, 2.0, -1.0])
    points = interpolation.spherical(a, scale * a, [0.0, 0.5, 1.0])
    np.testing.assert_allclose(
        points, interpolation.linear(a, scale * a, [0.0, 0.5, 1.0])
    )


def test_equal_frames_stay_no_longer_than_a_gif_can_say(path, tmp_path):
    for flags in (
        ["images", "--n=2", "--truncation=0", "--milliseconds=400000"],
        ["interpolate", "--seeds=1,1", "--frames=3", "--milliseconds=300000"],
    ):
        out = tmp_path / ("x.gif" if flags[0] == "images" else "ways")
        with pytest.raises(UserError, match="655,350 milliseconds at most"):
            run(flags[0], f"--model={path}", f"--out={out}", *flags[1:])
        assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_the_strip_goes_from_seed_to_seed(kind, path, model, tmp_path):
    run(
        "interpolate",
        f"--model={path}",
        "--seeds=4,9,1",
        "--frames=5",
        f"--kind={kind}",
        f"--out={tmp_path}",
    )
    strip = pixels_of(tmp_path / "strip.png")
    cells = strip.reshape(2, 28, 5, 28, 1).swapaxes(1, 2)
    samples = 255 * model.sample([4, 9, 1])
    for cell, sample in [
        (cells[0, 0], samples[0]),
        (cells[0, 4], samples[1]),
        (cells[1, 0], samples[1]),
        (cells[1, 4], samples[2]),
    ]:
        assert np.abs(cell - sample).max() < 0.51
    a, b = model.latents([4, 9]).astype(np.float64)
    between = getattr(interpolation, kind)(a, b, [0.5])
    middle = 255 * model.generate(between)[0]
    assert np.abs(cells[0, 2] - middle).max() < 0.51
    with Image.open(tmp_path / "animation.gif") as animation:
        assert animation.size == (28, 28)
        assert animation.info["loop"] == 0


def test_arithmetic_is_a_minus_b_plus_c_amid_its_neighbours(
    path, model, tmp_path
):
    run(
        "arithmetic",
        f"--model={path}",
        "--a=1,2,3",
        "--b=4,5,6",
        "--c=7,8,10",
        f"--out={tmp_path}",
    )
    picture = pixels_of(tmp_path / "arithmetic.png")
    assert picture.shape == (3 * 28, 4 * 28 + 4 + 3 * 28, 1)
    z = {seed: model.latents([seed])[0] for seed in (*range(1, 9), 10)}
    b = (z[4] + z[5] + z[6]) / 3
    result = (z[1] + z[2] + z[3]) / 3 - b + (z[7] + z[8] + z[10]) / 3
    expected = 255 * model.generate([z[5], b, result])
    for (row, column), image in zip(
        [(28, 28), (28, 3 * 28), (28, 4 * 28 + 4 + 28)], expected, strict=True
    ):
        cell = picture[row : row + 28, column : column + 28]
        assert np.abs(cell - image).max() < 0.51


def test_neighbours_are_within_a_quarter():
    z = np.linspace(-1, 1, 50)
    near = arithmetic.neighbours(z, seed=3)
    assert near.shape == (9, 50)
    np.testing.assert_array_equal(near[4], z)
    distances = np.abs(np.delete(near, 4, 0) - z)
    assert 0.2 < distances.max() <= 0.25
    assert distances.min() > 0


def test_the_latent_of_a_sample_is_found_again(tmp_path):
    """Of a generator that is linear there is one, within the prior's range."""
    rng = np.random.default_rng(0)
    z = keras.Input((3,))
    dense = keras.layers.Dense(20)
    x = keras.layers.Reshape((4, 5, 1))(dense(z))
    generator = keras.Model(z, x)
    dense.set_weights([rng.normal(0, 0.2, (3, 20)), np.zeros(20)])
    prior = keras.saving.serialize_keras_object(priors.Uniform(3))
    path = export.export_gan(
        around(generator), tmp_path, 1, card={"prior": prior}
    )
    model = inference.load(path)
    wanted = np.array([0.3, -0.9, 0.6], np.float32)
    (image,) = model.generate(wanted[None])
    found, errors = projection.project(
        model, image, starts=4, steps=400, rate=0.05, first_seed=0
    )
    np.testing.assert_allclose(found[0], wanted, atol=1e-2)
    assert (np.diff(errors) >= 0).all() and errors[0] < 1e-3
    # Beyond the prior's range nothing is found, but its edge.
    (far,) = model.generate(np.array([[3.0, 0.0, 0.0]], np.float32))
    found, _ = projection.project(
        model, far, starts=2, steps=100, rate=0.1, first_seed=0
    )
    assert np.abs(found).max() <= 1.0 and found[0, 0] == 1.0


def test_a_picture_is_projected(path, model, tmp_path, capsys):
    picture = tmp_path / "image.png"
    upright = pictures.to_uint8(model.sample([3]))[0]
    exif = Image.Exif()
    exif[0x0112] = 3  # Upside down.
    Image.fromarray(upright[::-1, ::-1, 0]).save(picture, exif=exif)
    run(
        "project",
        f"--model={path}",
        f"--image={picture}",
        "--starts=4",
        "--steps=5",
        "--seed=1",
        f"--out={tmp_path / 'o'}",
    )
    # One of the starts is the very latent.
    assert "error 0.00" in capsys.readouterr().out
    row = pixels_of(tmp_path / "o" / "projection.png")
    assert row.shape == (28, 5 * 28, 1)
    np.testing.assert_array_equal(row[:, :28], upright)
    found = np.load(tmp_path / "o" / "latents.npy", allow_pickle=False)
    assert found.shape == (4, 5)
    expected = 255 * model.generate(found[:1])[0]
    assert np.abs(row[:, 28:56] - expected).max() < 0.51


@pytest.mark.parametrize("kind", ["none", "text", "size"])
def test_an_image_that_does_not_fit_is_one_line(kind, path, tmp_path):
    picture = tmp_path / "image.png"
    if kind == "text":
        picture.write_text("no image")
    elif kind == "size":
        pictures.write_png(picture, np.zeros((3, 28, 1), np.uint8))
    said = "28x28 pixels. Received: .*28x3" if kind == "size" else "Cannot read"
    with pytest.raises(UserError, match=said):
        run(
            "project",
            f"--model={path}",
            f"--image={picture}",
            f"--out={tmp_path / 'o'}",
        )
    assert not (tmp_path / "o").exists()


def test_the_nearest_are_those_of_the_least_squares():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (30, 2, 3, 1), np.uint8)
    samples = rng.integers(0, 256, (4, 2, 3, 1), np.uint8)
    samples[2] = images[17]
    indices, distances = neighbours.nearest(samples, images, 3)
    a = samples.astype(np.float64)[:, None] / 255
    b = images.astype(np.float64)[None] / 255
    expected = np.sqrt(((a - b) ** 2).mean((2, 3, 4)))
    np.testing.assert_array_equal(indices, expected.argsort(1)[:, :3])
    # Float32 rounds what is zero.
    np.testing.assert_allclose(
        distances, np.sort(expected, 1)[:, :3], atol=1e-3
    )
    assert indices[2, 0] == 17


def test_samples_stand_before_the_nearest_images(path, tmp_path, monkeypatch):
    from tfgan_ref.data import images

    asked = {}

    def load(name, **how):
        asked.update(how, name=name)
        return data()

    monkeypatch.setattr(images, "load", load)
    run(
        "neighbours",
        f"--model={path}",
        "--dataset=x",
        "--n=2",
        "--k=3",
        "--seed=6",
        f"--out={tmp_path}",
    )
    assert asked == {
        "name": "x",
        "split": "train",
        "image_size": 28,
        "channels": 1,
        "data_dir": None,
        "fit": "crop",
        "background": "white",
    }
    picture = pixels_of(tmp_path / "neighbours.png")
    assert picture.shape == (2 * 28, 4 * 28, 1)
    nearest = [
        (picture[28:, x : x + 28] == data().images).all((1, 2, 3)).any()
        for x in (28, 56, 84)
    ]
    assert all(nearest)


def test_more_neighbours_than_images_are_one_line(path, tmp_path, monkeypatch):
    from tfgan_ref.data import images

    monkeypatch.setattr(images, "load", lambda name, **how: data())
    count = len(data())
    with pytest.raises(UserError, match=f"at most {count}, .*: {count + 1}"):
        run(
            "neighbours",
            f"--model={path}",
            "--dataset=x",
            f"--k={count + 1}",
            f"--out={tmp_path}",
        )
    assert not list(tmp_path.iterdir())


def test_images_are_brought_to_size_as_the_run_had_them(
    path, model, tmp_path, monkeypatch
):
    """And a picture is laid on the run's background."""
    from tfgan_ref import inference
    from tfgan_ref.data import images

    settings = {"dataset": "y", "fit": "pad", "background": "#ff0000"}
    settings |= {"data_dir": "d", "split": "train[:9]"}
    told = dataclasses.replace(model, card=model.card | {"settings": settings})
    monkeypatch.setattr(inference, "load", lambda *_, **__: told)
    asked = {}

    def load(name, **how):
        asked.update(how)
        return data()

    monkeypatch.setattr(images, "load", load)
    run("neighbours", "--n=1", f"--out={tmp_path / 'n'}")
    assert (asked["fit"], asked["background"]) == ("pad", "#ff0000")
    assert (asked["data_dir"], asked["split"]) == ("d", "train[:9]")
    # Of another data set neither is known.
    run("neighbours", "--dataset=x", "--n=1", f"--out={tmp_path / 'x'}")
    assert (asked["data_dir"], asked["split"]) == (None, "train")
    clear = np.zeros((28, 28, 4), np.uint8)
    Image.fromarray(clear).save(tmp_path / "clear.png")
    run(
        "project",
        f"--image={tmp_path / 'clear.png'}",
        "--starts=1",
        "--steps=0",
        f"--out={tmp_path / 'p'}",
    )
    row = pixels_of(tmp_path / "p" / "projection.png")
    assert (row[:, :28] == 76).all()  # Rec. 601: 0.299 of red.


def test_the_data_set_has_to_be_known(path, tmp_path):
    with pytest.raises(UserError, match="does not tell its --dataset"):
        run("neighbours", f"--model={path}", f"--out={tmp_path}")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            ["--n=0"],
            "[1, 10000000] was expected. Received: 0",
        ),
        (["--n=x"], "was expected. Received: x"),
        (["--truncation=1.5"], "--truncation: a number in [0, 1] was expected"),
        (["--truncation=nan"], "--truncation: a number in [0, 1] was expected"),
        (["--seed=-1"], "--seed: a whole number in [0, 2^62 - 1] was expected"),
        (["--format=jpg"], "--format: invalid choice: 'jpg'"),
        (["--grid", "--format=npz"], "--grid must be left out"),
        (["interpolate", "--seeds=1"], "--seeds must be two or more"),
        (["--out="], "--out must be the name of a folder or of a file"),
        (["--out=x.jpg"], "--out must be a folder, or end in png, npz or gif"),
        (["interpolate", "--seed=7"], "--seed has no effect with interpolate"),
        (["interpolate", "--seeds=1,a"], "invalid list of integers value"),
        (
            ["interpolate", "--frames=1"],
            "--frames: a whole number in [2, ",
        ),
        (["arithmetic", "--a=1", "--b=1,2", "--c=1"], "--b must be 1 seeds"),
        (["project", "--image=i", "--rate=0"], "--rate: a number in (0, "),
        (["project", "--image=i", "--rate=inf"], "--rate: a number in (0, "),
        (["--zoom=100000"], "--zoom: a whole number in [1, 256] was"),
        (["--milliseconds=1000000"], "--milliseconds: a whole number in"),
        (["draw"], "invalid choice: 'draw'"),
        (
            ["--milliseconds=9"],
            "--milliseconds has no effect with --format=png. Received: 9",
        ),
        (["--format=npz", "--milliseconds=9"], "no effect with --format=npz"),
        (["--format=npz", "--zoom=2"], "--zoom has no effect with --format"),
    ],
)
def test_a_wrong_flag_is_one_line(flags, said, capsys):
    with pytest.raises(SystemExit) as caught:
        generate._parse_flags(
            [*flags, *([] if "--out" in said else ["--out=o"])]
        )
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ") and said in line


def test_a_fresh_process_needs_the_export_alone(path, tmp_path):
    found = networks.restore(inference.WorkDir(path))
    export.export_gan(found.gan, tmp_path / "models", 3, card=found.card)
    done = forked.run(
        generate.__file__,
        f"--model={tmp_path / 'models'}",
        "--n=2",
        f"--out={tmp_path / 'x.npz'}",
    )
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "x.npz") as here:
        expected = pictures.to_uint8(inference.load(path).sample([0, 1]))
        np.testing.assert_array_equal(here["images"], expected)


def test_help_and_wrong_flags_need_no_tensorflow():
    for flags, status in ((["--help"], 0), (["--n=0", "--out=o"], 2)):
        program = (
            "import sys; sys.argv[1:] = "
            f"{flags!r}\n"
            "from tools import generate\n"
            "try: generate._parse_flags()\n"
            "except SystemExit as error: status = error.code\n"
            "assert 'tensorflow' not in sys.modules\n"
            "sys.exit(status)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert done.returncode == status, done.stderr
