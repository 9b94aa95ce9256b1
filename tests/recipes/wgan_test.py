"""The recipes as a user meets them, on small images and on points."""

import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.recipes import driver
from tfgan_ref.training.workdir import WorkDir

ROOT = pathlib.Path(__file__).parents[2]

IMAGES, POINTS = "recipes.wgan", "recipes.wgan_toy"
SMALL = ["--batch_size=8", "--width=2", "--discriminator_steps=2"]
RUN = ["--train_steps=2", "--log_every=1", *SMALL]
CLIPPED = "--lipschitz=clipping"
CASES = {
    IMAGES: {
        "dry": [*SMALL, "--dry_run"],
        "images": [*RUN, "--export"],
        "resumed images": ["--train_steps=3", *SMALL],
        "clip without clipping": ["--clip=0.1"],
        "penalty weight without penalty": [CLIPPED, "--penalty_weight=1"],
        "beta_1 without Adam": [CLIPPED, "--beta_1=0.5"],
        "real target": ["--real_target=0.9"],
        "simultaneous": ["--simultaneous"],
    },
    POINTS: {
        "points": [*RUN],
        "clipped points": [*RUN, CLIPPED, "--clip=0.02", "--dataset=grid"],
        "export": [*RUN, "--export"],
    },
}
MISTAKES = {
    "clip without clipping": "--lipschitz=penalty.*Received: --clip=0.1",
    "penalty weight without penalty": "clipping.*--penalty_weight=1.0",
    "beta_1 without Adam": "clipping.*Received: --beta_1=0.5",
    "real target": "Received: --real_target=0.9",
    "simultaneous": "Received: simultaneous=True",
    "export": "--export is for images",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wgan")
    (folder / "data").mkdir()
    rng = np.random.default_rng(0)
    for i in range(64):
        pixels = rng.integers(0, 256, (28, 28), np.uint8)
        Image.fromarray(pixels).save(folder / "data" / f"{i}.png")
    return folder


@pytest.fixture(scope="module")
def answers(folder):
    """Case -> exit status, or the line beside status 1, and the output."""
    found = {}
    for recipe, cases in CASES.items():
        given = {}
        for case, arguments in cases.items():
            where = case.removeprefix("resumed ")
            own = [f"--workdir={folder / where}", *arguments]
            if recipe == IMAGES:
                own.append(f"--dataset=folder:{folder / 'data'}")
            else:
                own = ["--units=8" if x == "--width=2" else x for x in own]
            given[case] = own
        found |= driver.answers(recipe, given, folder / "answers")
    return found


def last_metrics(answers, folder, case):
    status, output = answers[case]
    assert status == 0, status
    assert "Done: step 2 of 2" in output
    where = WorkDir(folder / case)
    assert (where.samples / "step_000002.png").exists()
    return where.read_metrics()[-1]


@pytest.mark.parametrize("case", ["images", "points"])
def test_a_penalised_run_reports_the_critic_s_slope(answers, folder, case):
    last = last_metrics(answers, folder, case)
    assert last["critic/gradient_norm"] > 0
    weight = {"images": 10.0, "points": 0.1}[case]
    # Jensen: the penalty's mean is no less than that of the mean norm.
    penalty = last["loss/discriminator"] + last["critic/estimate"]
    least = weight * (last["critic/gradient_norm"] - 1) ** 2
    assert penalty > 0.99 * least
    assert penalty < 20 * weight
    assert "accuracy/real" not in last


def test_a_clipped_run_reports_the_estimate_as_its_cost(answers, folder):
    last = last_metrics(answers, folder, "clipped points")
    assert last["loss/discriminator"] == pytest.approx(
        -last["critic/estimate"], abs=1e-6
    )
    assert "critic/gradient_norm" not in last
    # The generator's turn has not come.
    assert last["loss/generator"] == pytest.approx(
        -last["logits/fake"], abs=1e-6
    )


def test_points_are_evaluated_by_their_modes(answers, folder):
    last = last_metrics(answers, folder, "points")
    assert 0 <= last["eval/modes_captured"] <= 8


def test_a_run_of_images_goes_on_and_is_served(answers, folder):
    status, output = answers["resumed images"]
    assert status == 0, status
    assert "Done: step 3 of 3" in output
    records = WorkDir(folder / "images").read_metrics()
    assert [record["step"] for record in records] == [1, 2, 3]
    assert answers["images"][0] == 0
    model = tf.saved_model.load(str(folder / "images" / "export" / "2"))
    assert "generate" in model.signatures


def test_a_dry_run_writes_nothing(answers, folder):
    status, output = answers["dry"]
    assert status == 0, status
    assert '"penalty_weight": 10.0' in output and "GFLOP" in output
    assert not (folder / "dry").exists()


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line_before_anything_is_written(
    case, answers, folder
):
    line, output = answers[case]
    assert isinstance(line, str) and line.startswith("error: ")
    assert len(line.splitlines()) == 1
    assert output == ""
    assert re.search(MISTAKES[case], line)
    assert not (folder / case).exists()


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--penalty_weight=nan", r"--penalty_weight=nan: a number in \[0, "),
        ("--penalty_weight=-1", r"--penalty_weight=-1: a number in \[0, "),
        ("--clip=0", r"--clip=0: a number in \(0, "),
        ("--clip=-0.1", r"--clip=-0.1: a number in \(0, "),
        ("--lipschitz=none", "--lipschitz=none"),
    ],
)
@pytest.mark.parametrize("recipe", [IMAGES, POINTS])
def test_a_flag_out_of_range_is_answered_at_once(recipe, argument, message):
    code = "import runpy, sys; sys.argv = sys.argv[1:]\n"
    code += "try: runpy.run_module(sys.argv[0], run_name='__main__')\n"
    code += "except SystemExit as end: print(end)\n"
    code += "print('tensorflow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, recipe, "--workdir=w", argument],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1", "False"]
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ") and re.search(message, line)
