"""recipes.lapgan as a user meets it: levels, the chain, what goes on."""

import numpy as np
import pytest
from PIL import Image

from tests.recipes import driver
from tfgan_ref import inference
from tfgan_ref.models import lapgan
from tfgan_ref.pictures import to_uint8
from tfgan_ref.training import networks
from tfgan_ref.training.workdir import WorkDir

TINY = ["--dataset=digits", "--levels=2", "--train_steps=2", "--batch_size=4"]
TINY += ["--steps_per_execution=1", "--nodiagnose", "--seed=3"]
FINE, COARSE = ["--width=2"], ["--units=6", "--latent_dim=3"]
CASES = {
    "alone": [*FINE, "--level=1"],
    "missing": [*FINE, "--level=1", "--export"],
    "all": [*FINE, *COARSE, "--export"],
    "longer": [*FINE, *COARSE, "--train_steps=3", "--export"],
    "coarse": [*COARSE, "--level=0", "--export", "--workdir={}/other"],
    "whole": [*FINE, *COARSE, "--export", "--workdir={}/other"],
    "whole again": [*FINE, *COARSE, "--export", "--workdir={}/other"],
    "too high": ["--level=2"],
    "too small": ["--image_size=16", "--levels=3", "--workdir={}/small"],
    "from": ["--init_from={}/run/level_0", "--workdir={}/from"],
    "odd": ["--levels=4", "--image_size=44"],
    "of a run": ["--workdir={}/run/level_0"],
    "dry": ["--dry_run", "--export", "--workdir={}/dry"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lapgan")


@pytest.fixture(scope="module")
def answers(folder):
    given = {
        case: [
            f"--workdir={folder / 'run'}",
            *TINY,
            *(flag.replace("{}", str(folder)) for flag in own),
        ]
        for case, own in CASES.items()
    }
    return driver.answers("recipes.lapgan", given, folder / "answers")


def test_a_level_is_trained_alone_and_then_the_others(answers, folder):
    for case in ("alone", "all"):
        assert answers[case][0] == 0, answers[case]
    # The first had it already, and the coarsest was not there yet.
    assert answers["alone"][1].count("Done: step 2 of 2") == 1
    assert answers["all"][1].count("Done: step 2 of 2") == 2
    starts = [
        len(WorkDir(folder / "run" / f"level_{k}").read_config()["starts"])
        for k in (0, 1)
    ]
    assert starts == [2, 2]  # Of both with three steps.
    for level in (0, 1):
        settings = WorkDir(folder / "run" / f"level_{level}").read_config()
        assert settings["settings"]["level"] == level
        assert settings["settings"]["data"]["image_shape"][0] == 14 * 2**level
        for name, value in (("width", 2), ("units", 6), ("latent_dim", 3)):
            is_its_own = (name == "width") == (level == 1)
            assert (settings["settings"][name] == value) == is_its_own


def test_a_level_s_samples_are_of_as_many_real_images(answers, folder):
    assert answers["all"][0] == 0, answers["all"]
    gan = networks.restore(WorkDir(folder / "run" / "level_1")).gan
    given = gan.sample_inputs(np.arange(2048))["coarse"].numpy()
    data = WorkDir(folder / "run" / "level_1").read_config()["settings"]["data"]
    assert gan.coarse.get_layer("table").input_dim == min(data["count"], 2048)
    # Scores of samples, too, are of the data's variety.
    assert len(np.unique(given.reshape(2048, -1), axis=0)) > 1000


def test_longer_is_longer_at_each_level(answers, folder):
    assert answers["longer"][0] == 0, answers["longer"]
    assert answers["longer"][1].count("Done: step 3 of 3") == 2
    for level in (0, 1):
        metrics = WorkDir(folder / "run" / f"level_{level}").read_metrics()
        assert metrics[-1]["step"] == 3


def test_the_export_is_the_whole_chain(answers, folder):
    run = folder / "run"
    versions = sorted(path.name for path in (run / "export").iterdir())
    assert versions == ["2", "3"]
    *_, above, path, opened = answers["longer"][1].splitlines()
    assert path == f"  SavedModel   {run}/export/3"
    assert opened.endswith(f"show --all --dir {run}/export/3")
    assert above.endswith(f"{run}/samples/level_1.png")
    model = inference.load(run / "export")
    assert model.card["step"] == 3
    gans = [
        networks.restore(WorkDir(run / f"level_{level}")).gan
        for level in (0, 1)
    ]
    wanted = lapgan.chain(gans).sample([4, 0, 9]).numpy()
    images = model.sample([4, 0, 9])
    assert images.shape == (3, 28, 28, 1)
    np.testing.assert_allclose(
        images, np.clip(0.5 * wanted + 0.5, 0, 1), atol=1e-5
    )
    assert np.ptp(images, 0).max() > 1e-3
    # Samples of each level are of the same seeds.
    picture = np.asarray(Image.open(run / "samples" / "level_1.png"))
    first = lapgan.chain(gans).sample([0]).numpy()[0, ..., 0]
    np.testing.assert_allclose(picture[:28, :28], to_uint8(first), atol=1)
    with Image.open(run / "samples" / "level_0.png") as picture:
        assert picture.size == (8 * 14, 8 * 14)


def test_an_export_of_other_levels_is_another_version(answers, folder):
    found = []
    for case in ("coarse", "whole", "whole again"):
        assert answers[case][0] == 0, answers[case]
        *_, path, _ = answers[case][1].splitlines()
        found.append(inference.load(path.split()[1]))
    assert [model.path.name for model in found] == ["2", "3", "3"]
    sizes = [len(model.sample([0])[0]) for model in found[:2]]
    assert sizes == [14, 28]
    newest = inference.load(folder / "other" / "export")
    assert newest.path == found[1].path


def test_another_recipe_s_run_is_no_folder_of_levels(answers, folder):
    line, _ = answers["of a run"]
    assert line.startswith("error: ") and len(line.splitlines()) == 1
    assert f"{folder}/run/level_0 holds a run (config.json)" in line
    assert not (folder / "run/level_0/level_0").exists()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("missing", "level_0 has no checkpoint: --level=0 makes it"),
        ("too high", "--level must be less than --levels=2. Received: 2"),
        ("odd", "halved 3 times were expected. Received: 44x44"),
        ("too small", "images of 10 pixels at least. Received: 8, of 16"),
        ("from", "--init_from has no effect without --level, of several runs"),
    ],
)
def test_a_mistake_is_one_line(case, said, answers, folder):
    line, _ = answers[case]
    assert line.startswith("error: ") and said in line
    assert not (folder / "small").exists() and not (folder / "from").exists()
    assert len(line.splitlines()) == 1


def test_a_dry_run_plans_all_levels_and_writes_nothing(answers, folder):
    status, output = answers["dry"]
    assert status == 0, status
    assert output.count("Dry run: nothing was trained") == 2
    assert not (folder / "dry").exists()
