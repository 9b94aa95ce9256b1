"""recipes.super_resolution as a user meets it: a run and its export."""

import numpy as np
import pytest
from PIL import Image

from tests.recipes import alone, driver
from tfgan_ref import inference
from tfgan_ref.training.workdir import WorkDir

TINY = ["--dataset=digits", "--train_steps=2", "--batch_size=4", "--width=1"]
TINY += ["--blocks=1", "--eval_every=1", "--nodiagnose", "--pretrain_steps=1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("super_resolution")


@pytest.fixture(scope="module")
def answers(folder):
    level = folder / "levels" / "level_0"
    level.mkdir(parents=True)
    (level / "config.json").write_text("{}")
    given = {
        "trained": [f"--workdir={folder / 'run'}", *TINY, "--export"],
        "in levels": [f"--workdir={folder / 'levels'}", *TINY],
        "odd": [f"--workdir={folder / 'odd'}", *TINY, "--image_size=30"],
    }
    return driver.answers("recipes.super_resolution", given, folder / "answers")


def test_a_run_measures_squared_error_and_then_the_game(answers, folder):
    assert answers["trained"][0] == 0, answers["trained"]
    tag = "eval/super_resolution/psnr"
    measured = [
        record
        for record in WorkDir(folder / "run").read_metrics()
        if tag in record
    ]
    assert [record["step"] for record in measured] == [1, 2]
    assert measured[0][tag] != measured[1][tag]
    bicubic = {record[f"{tag}/bicubic"] for record in measured}
    assert len(bicubic) == 1 and 10 < bicubic.pop() < 40
    shown = folder / "run/samples/super_resolution_000002.png"
    with Image.open(shown) as picture:
        assert picture.size == (4 * 28, 8 * 28)


@pytest.mark.parametrize(("steps", "count"), [(2, 0), (3, 1), (9, 1)])
def test_a_run_without_its_game_is_told(steps, count, caplog):
    with alone.imported("recipes.super_resolution") as recipe:
        recipe.flags.FLAGS(["x", "--workdir=w", "--train_steps=3"])
        recipe.game.tell_of_pretraining(steps)
    assert len(caplog.messages) == count
    for said in caplog.messages:
        assert said == (
            f"All 3 steps are without the adversary: --pretrain_steps={steps}"
        )


def test_a_side_that_is_no_multiple_of_four_is_one_line(answers, folder):
    line, _ = answers["odd"]
    assert line.startswith("error: ")
    assert "multiples of 4 were expected" in line and "30x30" in line
    assert not (folder / "odd").exists()


def test_a_folder_of_levels_is_no_workdir(answers, folder):
    line, _ = answers["in levels"]
    assert line == (
        f"error: {folder}/levels holds levels, each a run of its own "
        f"({folder}/levels/level_0). Choose another workdir"
    )
    assert [x.name for x in (folder / "levels").iterdir()] == ["level_0"]


def test_the_export_makes_small_images_large(answers, folder):
    model = inference.load(folder / "run" / "export")
    small = np.random.default_rng(1).uniform(size=(3, 7, 7, 1))
    images = model.call("upscale", images=small)["images"]
    assert images.shape == (3, 28, 28, 1)
    assert np.ptp(images, 0).max() > 1e-4
