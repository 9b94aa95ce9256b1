"""recipes.next_frame as a user meets it: a run, its export, mistakes."""

import numpy as np
import pytest
from PIL import Image

from tests.recipes import driver
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir

TINY = ["--dataset=digits", "--train_steps=2", "--batch_size=4", "--width=1"]
TINY += ["--canvas=28", "--eval_every=2", "--nodiagnose"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("next_frame")


@pytest.fixture(scope="module")
def answers(folder):
    given = {"trained": [f"--workdir={folder / 'run'}", *TINY, "--export"]}
    return driver.answers("recipes.next_frame", given, folder / "answers")


def test_a_run_measures_and_draws_next_frames(answers, folder):
    assert answers["trained"][0] == 0, answers["trained"]
    run = WorkDir(folder / "run")
    measured = [
        record
        for record in run.read_metrics()
        if "eval/next_frame/share_nearest" in record
    ]
    assert measured[-1]["step"] == 2
    least = measured[-1]["eval/next_frame/squared_error/least"]
    assert 0 < least < measured[-1]["eval/next_frame/squared_error"]
    with Image.open(folder / "run/samples/step_000002.png") as picture:
        assert picture.size == (8 * 28, 8 * 28)


def test_the_export_answers_frames_and_refuses_a_short_video(answers, folder):
    model = inference.load(folder / "run" / "export")
    assert model.signature("next_frame") is not None
    frames = np.random.default_rng(1).uniform(size=(3, 28, 28, 4))
    images = model.call("next_frame", frames=frames)["images"]
    assert images.shape == (3, 28, 28, 1)
    assert np.ptp(images, 0).max() > 1e-4
    with pytest.raises(UserError) as caught:
        model.call("next_frame", frames=frames[..., 1:])
    assert str(caught.value).endswith(
        "must be of shape [None, 28, 28, 4]. Received: [3, 28, 28, 3]"
    )
