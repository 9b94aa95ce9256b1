"""recipes.text_to_image as a user meets it: captions, stages, texts."""

import contextlib

import numpy as np
import pytest
import tensorflow as tf
from absl import flags
from absl.testing import flagsaver

from tests.recipes import alone
from tfgan_ref import inference
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.models.text_game import SecondTextGAN
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir
from tools import generate

SMALL = ["--train_steps=2", "--batch_size=4", "--width=2", "--nodiagnose"]
OF_FIRST = ["--latent_dim=3", "--text_dim=4", "--condition_dim=2"]
COLOURS = ("red", "green", "blue", "dark", "light")
THINGS = ("heart", "square", "hand", "Man: left")


def pictures(seen=True, captions=None):
    """Of every other pair of a colour and a thing, or of those left out."""
    if captions is None:
        captions = [
            f"{colour} {thing}"
            for row, colour in enumerate(COLOURS)
            for column, thing in enumerate(THINGS)
            if (row + column) % 2 != seen
        ]
    shape = (len(captions), 64, 64, 3)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    labels = np.zeros(len(captions), np.int32)
    return Images("drawings", pixels, labels, ("all",), tuple(captions))


@contextlib.contextmanager
def recipe(seen, unseen):
    """A function of flags that runs the recipe in this process."""

    def load(size, *, split=None, channels=None):
        assert size == 64
        if split is not None and unseen is None:
            raise UserError("There is no such split")
        return seen if split is None else unseen

    with alone.imported("recipes.text_to_image") as module:
        module.image_data.load = load

        def run(*arguments):
            with flagsaver.flagsaver():
                small = SMALL + OF_FIRST * ("--stage=2" not in arguments)
                flags.FLAGS(["recipes/text_to_image.py", *small, *arguments])
                return module.main()

        yield run


@pytest.mark.conformance  # Two trainings.
def test_stages_follow_one_another_and_texts_are_served(tmp_path, caplog):
    with recipe(pictures(), pictures(seen=False)) as run:
        where = f"--workdir={tmp_path / 'run'}"
        assert not run(where, "--export")
        assert not run(where, "--stage=2", "--train_steps=3", "--export")
    first, second = (tmp_path / "run" / f"stage_{k}" for k in (1, 2))
    assert WorkDir(first).read_metrics()[-1]["step"] == 2
    last = WorkDir(second).read_metrics()[-1]
    assert last["step"] == 3
    for name in ("samples", "real", "pixels"):
        assert 0 <= last[f"eval/retrieval/{name}"] <= 1
    settings = WorkDir(second).read_config()["settings"]
    names = ("latent_dim", "text_dim", "condition_dim")
    assert [settings[name] for name in names] == [3, 4, 2]
    # What the first has learnt makes the second's coarse images.
    gans = [networks.restore(WorkDir(path)).gan for path in (first, second)]
    assert type(gans[1]) is SecondTextGAN
    given = gans[0].sample_inputs([5, 2], text=["red hand"] * 2)
    np.testing.assert_allclose(
        gans[1].first(given, training=False),
        gans[0].sampler(given, training=False),
        atol=1e-6,
    )
    model = inference.load(second / "export")
    texts = ["dark heart", "a red MAN", "left"]
    images = model.sample([4, 0, 4], text=texts)
    assert images.shape == (3, 64, 64, 3)
    wanted = gans[1].sample([4, 0, 4], text=texts).numpy()
    np.testing.assert_allclose(
        images, np.clip(0.5 * wanted + 0.5, 0, 1), atol=1e-5
    )
    assert (images[0] != images[2]).any()  # Little, of untrained ones.
    out = tmp_path / "heart.png"
    draw(second, out, "--text=dark heart", "--seed=4", "--count=1")
    with pytest.raises(UserError, match="a text, --text=.* Received: none"):
        draw(second, tmp_path / "none.png")
    with pytest.raises(UserError, match="known word.*zebra"):
        draw(second / "export", tmp_path / "none.png", "--text=zebra")
    drawn = tf.io.decode_png(tf.io.read_file(str(out))).numpy()
    assert np.abs(drawn - 255 * images[0]).max() < 0.51
    assert not (tmp_path / "none.png").exists()


def draw(model, out, *arguments):
    given = [f"--model={model}", f"--out={out}", *arguments]
    generate.main(generate._parse_flags(given))


@pytest.mark.conformance  # Plans trace every pass.
def test_a_plan_is_of_both_stages_and_needs_no_checkpoint(tmp_path, capsys):
    with recipe(pictures(), None) as run:
        assert not run(f"--workdir={tmp_path / 'run'}", "--dry_run")
    plan = capsys.readouterr().out
    assert plan.count("Dry run: nothing was trained") == 2
    assert plan.count("conditioner") == 2 and "first  " in plan
    assert not (tmp_path / "run").exists()


def test_what_would_have_no_effect_is_one_line(tmp_path):
    with recipe(pictures(), None) as run:
        with pytest.raises(UserError, match="stage_1 has no checkpoint") as e:
            run(f"--workdir={tmp_path / 'run'}", "--dry_run", "--stage=2")
        assert len(str(e.value).splitlines()) == 1
        with pytest.raises(UserError, match="--eval_every has no effect"):
            run(f"--workdir={tmp_path / 'run'}", "--eval_every=2")
    assert not (tmp_path / "run").exists()


def test_a_folder_of_levels_is_no_folder_of_stages(tmp_path):
    (tmp_path / "level_0").mkdir()
    (tmp_path / "level_0/config.json").write_text("{}")
    with recipe(pictures(), None) as run:
        with pytest.raises(UserError, match="holds levels, each a run"):
            run(f"--workdir={tmp_path}")
    assert [x.name for x in tmp_path.iterdir()] == ["level_0"]


@pytest.mark.parametrize(
    ("captions", "said"),
    [
        ((), "drawings has no captions; .* Received: 0 images"),
        (("red", "...", "blue"), "Received: '...', the caption of image 1"),
    ],
)
def test_images_without_words_are_one_line(captions, said, tmp_path):
    with recipe(pictures(captions=captions), None) as run:
        with pytest.raises(UserError, match=said) as caught:
            run(f"--workdir={tmp_path / 'run'}")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "run").exists()
