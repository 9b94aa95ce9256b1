"""tools/edit.py: strokes and completions of a run and of an export."""

import json
import types

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.small_run import SHAPE, make, save
from tfgan_ref import inference, recorded
from tfgan_ref.editing import blending, constraint
from tfgan_ref.editing.latent_space import LatentSpace
from tfgan_ref.errors import UserError
from tfgan_ref.serving import export
from tfgan_ref.training import networks
from tools import edit
from tools.editing import commands
from tools.editing.reading import Reader

SEARCH = ["--steps=25", "--frames=4", "--draws=9", "--starts=3", "--seed=0"]
HIDDEN = np.zeros(SHAPE, bool)
HIDDEN[8:20, 4:15] = True


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    """That of a run of convolutions, without an encoder."""
    return save(make("dcgan"), tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def model(workdir):
    """The same, loaded."""
    return inference.load(workdir.path)


@pytest.fixture
def loaded(model, monkeypatch):
    """What every path of a model is now."""
    monkeypatch.setattr(inference, "load", lambda *_, **__: model)


@pytest.fixture(scope="module")
def files(model, tmp_path_factory):
    """A picture that the model makes, strokes, a mask and what is none."""
    folder = tmp_path_factory.mktemp("files")
    (sample,) = model.sample([7])
    pixels = np.rint(255 * sample).astype(np.uint8)
    Image.fromarray(pixels[..., 0]).save(folder / "picture.png")
    strokes = np.zeros((28, 28, 4), np.uint8)
    strokes[3:9, 5:12] = [255, 255, 255, 255]
    strokes[20:22, 5:12] = [0, 0, 0, 128]
    Image.fromarray(strokes).save(folder / "strokes.png")
    mask = np.uint8(255 * HIDDEN[..., 0])
    Image.fromarray(mask).save(folder / "mask.png")
    Image.fromarray(mask[1:]).save(folder / "size.png")
    Image.fromarray(strokes[..., :3]).save(folder / "opaque.png")
    Image.fromarray(0 * strokes).save(folder / "clear.png")
    Image.fromarray(0 * mask).save(folder / "black.png")
    Image.fromarray(0 * mask + 200).save(folder / "white.png")
    (folder / "text.png").write_text("no picture")
    return folder


def run(*flags):
    edit.main(edit._parse_flags([str(flag) for flag in flags]))


def pixels_of(path):
    return np.asarray(Image.open(path)).astype(float)[..., None]


def cells(path, rows):
    """`[rows, columns, height, width, 1]` of a strip."""
    strip = pixels_of(path)
    return strip.reshape(rows, 28, -1, 28, 1).swapaxes(1, 2)


def test_strokes_are_solved_for_and_blended(workdir, files, tmp_path, capsys):
    run(
        *SEARCH,
        f"--model={workdir.path}",
        f"--picture={files / 'picture.png'}",
        f"--strokes={files / 'strokes.png'}",
        "--closeness=0",
        f"--out={tmp_path}",
        f"--json={tmp_path / 'results' / 'edit.json'}",
    )
    made = cells(tmp_path / "strip.png", 2)
    assert made.shape == (2, 5, 28, 28, 1)
    picture = pixels_of(files / "picture.png")
    np.testing.assert_array_equal(made[0, 0], picture)
    asked = made[1, 0]
    assert (asked[3:9, 5:12] == 255).all()
    half = picture[20:22, 5:12] / 2
    np.testing.assert_allclose(asked[20:22, 5:12], half, atol=2)
    np.testing.assert_array_equal(asked[22:], picture[22:])
    # Nothing has changed yet, then what the generator has changed.
    np.testing.assert_allclose(made[1, 1], picture, atol=0.51)
    expected = blending.transferred(
        *(x / 255 for x in (picture, made[0, 1], made[0, -1]))
    )
    np.testing.assert_allclose(made[1, -1], 255 * expected, atol=2)
    for name, cell in {
        "before": made[0, 0],
        "after_generated": made[0, -1],
        "after": made[1, -1],
        "way_00": made[1, 1],
        "way_03": made[1, -1],
    }.items():
        np.testing.assert_array_equal(pixels_of(tmp_path / f"{name}.png"), cell)
    record = json.loads((tmp_path / "edit.json").read_text())
    errors = record["errors"]
    kept = recorded.read(tmp_path / "results" / "edit.json")
    assert kept["settings"] == record["settings"]
    assert kept["errors"] == pytest.approx(errors, rel=1e-5)
    assert errors["after"] < 0.9 * errors["before"]
    assert record["settings"]["closeness"] == 0
    levels = made[0, -1] / 255
    squares = 42 * np.mean((1 - levels[3:9, 5:12]) ** 2)
    squares += 128 / 255 * 14 * np.mean(levels[20:22, 5:12] ** 2)
    expected = np.sqrt(squares / (42 + 128 / 255 * 14))
    np.testing.assert_allclose(errors["after"], expected, atol=3e-3)
    said = capsys.readouterr().out
    assert "best of 3 starts" in said
    assert f"{errors['before']:.4f} before, {errors['after']:.4f} after" in said
    assert "strokes, 56 of 784 pixels" in said


def test_gradients_pass_through_an_export_as_through_its_run(
    workdir, model, tmp_path
):
    found = networks.restore(workdir)
    path = export.export_gan(found.gan, tmp_path, 1, card=found.card)
    slopes = []
    for each in (inference.load(path), model):
        z = tf.constant(model.latents([3, 4]))
        with tf.GradientTape() as tape:
            tape.watch(z)
            images = LatentSpace.of_model(each).generate(z)
            cost = tf.reduce_sum(tf.square(images - images[:, :1]))
        slopes.append(tape.gradient(cost, z).numpy())
    np.testing.assert_allclose(*slopes, rtol=1e-3, atol=1e-4)
    assert np.abs(slopes[0]).min() > 1e-2


@pytest.mark.usefixtures("loaded")
def test_a_hole_is_filled_and_the_rest_is_kept(files, tmp_path):
    run(
        *SEARCH,
        "--seed=20",
        f"--picture={files / 'picture.png'}",
        "--complete",
        f"--mask={files / 'mask.png'}",
        f"--out={tmp_path}",
    )
    made = cells(tmp_path / "strip.png", 3)
    assert made.shape == (3, 5, 28, 28, 1)
    picture = pixels_of(files / "picture.png")
    np.testing.assert_array_equal(made[2, 0], picture)
    assert (made[:2, 0][:, HIDDEN] == 128).all()
    for row in (1, 2):
        for cell in made[row, 1:]:
            np.testing.assert_array_equal(cell[~HIDDEN], picture[~HIDDEN])
    np.testing.assert_array_equal(made[1, -1][HIDDEN], made[0, -1][HIDDEN])
    last = blending.seamless(picture / 255, made[0, -1] / 255, HIDDEN)
    np.testing.assert_allclose(made[2, -1], 255 * last, atol=2)
    np.testing.assert_array_equal(
        pixels_of(tmp_path / "after_pasted.png"), made[1, -1]
    )
    np.testing.assert_array_equal(
        pixels_of(tmp_path / "after.png"), made[2, -1]
    )
    np.testing.assert_array_equal(
        pixels_of(tmp_path / "before.png"), made[0, 0]
    )
    errors = json.loads((tmp_path / "edit.json").read_text())["errors"]
    assert errors["after"] < errors["before"]
    difference = made[0, -1][~HIDDEN] - picture[~HIDDEN]
    expected = np.sqrt(np.mean((difference / 255) ** 2))
    np.testing.assert_allclose(errors["after"], expected, atol=3e-3)


def test_the_encoder_s_guess_is_the_first_start(tmp_path):
    model = inference.load(save(make("bigan"), tmp_path / "run").path)
    space = LatentSpace.of_model(model)
    (picture,) = model.sample([7])
    wanted = constraint.whole(picture)
    flags = types.SimpleNamespace(seed=5, draws=4, starts=1)
    starts = commands._starts(flags, model, space, wanted, picture)
    codes = model.call("encode", images=picture[None])["latents"]
    np.testing.assert_array_equal(starts[:1], codes)
    np.testing.assert_array_equal(starts[1:], model.latents([7]))
    flags.starts = 0
    only = commands._starts(flags, model, space, wanted, picture)
    np.testing.assert_array_equal(only, codes)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--strokes=size.png"], "images of 28x28 .*size.png, 28x27"),
        (["--strokes=text.png"], "Cannot read .*text.png: it is no picture"),
        (["--strokes=opaque.png"], "with alpha.*opaque.png, in which nothing"),
        (["--strokes=clear.png"], "Opaque strokes .*clear.png, without any"),
        (["--complete", "--mask=black.png"], "black.png, which hides nothing"),
        (["--complete", "--mask=white.png"], "white.png, which hides all"),
        (["--complete", "--mask=size.png"], "images of 28x28 .*28x27"),
        (
            ["--complete", "--mask=size.png", "--fit=pad"],
            "picture.png has 28x28 pixels, .*size.png, 28x27",
        ),
        (["--strokes=strokes.png", "--class=2"], "knows no classes"),
        (["--strokes=strokes.png", "--starts=0"], "no encoder: --starts=1"),
        (["--strokes=strokes.png", "--picture=text.png"], "it is no picture"),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_what_does_not_fit_is_one_line(flags, said, files, tmp_path):
    out = tmp_path / "out"
    placed = [
        f"{flag.partition('=')[0]}={files / flag.partition('=')[2]}"
        if flag.endswith(".png")
        else flag
        for flag in flags
    ]
    with pytest.raises(UserError, match=said) as caught:
        run(f"--picture={files / 'picture.png'}", *placed, f"--out={out}")
    assert "\n" not in str(caught.value)
    assert not out.exists()


def test_a_model_without_latents_is_one_line(tmp_path):
    from tests.models import pix2pix_test
    from tfgan_ref.serving import served

    gan = pix2pix_test.linear_gan()
    signatures = served.signatures(gan)
    model = inference.Model(tmp_path, signatures, {}, (), gan)
    with pytest.raises(UserError, match="from latents to images was expected"):
        LatentSpace.of_model(model)


def test_files_of_one_size_are_fitted(tmp_path):
    wide = np.zeros((20, 40, 4), np.uint8)
    wide[5:15, 10:30] = [255, 0, 0, 255]
    Image.fromarray(wide).save(tmp_path / "wide.png")
    reader = Reader(
        str(tmp_path / "wide.png"),
        (10, 10, 3),
        method="pad",
        background=(0, 0, 255),
    )
    np.testing.assert_array_equal(reader.picture[0, 0], [0, 0, 1])
    np.testing.assert_allclose(reader.picture[4, 5], [1, 0, 0], atol=0.01)
    colours, opacity = reader.strokes(str(tmp_path / "wide.png"))
    np.testing.assert_allclose(colours[4, 5], [1, 0, 0], atol=0.01)
    np.testing.assert_allclose(opacity[4, 4:6], 1, atol=0.02)
    assert (opacity[:2] == 0).all() and (opacity[:, 0] == 0).all()
    with pytest.raises(UserError, match="images are 4x3. Received: --fit=pad"):
        Reader(str(tmp_path / "wide.png"), (3, 4, 3), method="pad")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "--strokes, or --complete and --mask, was expected"),
        (["--strokes=s", "--mask=m"], "--complete and --mask, was expected"),
        (["--mask=m"], "--complete and --mask, was expected"),
        (["--strokes=s", "--frames=1"], "--frames: a whole number in [2, 100]"),
        (["--strokes=s", "--starts=9", "--draws=8"], "at least --starts, 9"),
        (["--strokes=s", "--fit=round"], "--fit: invalid choice: 'round'"),
        (["--strokes=s", "--closeness=-1"], "--closeness: a number in [0, "),
        (
            ["--complete", "--mask=m", "--closeness=2"],
            "--closeness has no effect with --complete. Received: 2",
        ),
    ],
)
def test_a_wrong_flag_is_one_line(flags, said, capsys):
    with pytest.raises(SystemExit) as caught:
        edit._parse_flags([*flags, "--picture=p", "--out=o"])
    assert caught.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ") and said in line
