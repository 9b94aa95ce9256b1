"""The recipe as a user meets it, on small images of three classes."""

import gzip
import pathlib
import re
import struct
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import tensorflow as tf

from tests.recipes import driver
from tfgan_ref.training.workdir import WorkDir

ROOT = pathlib.Path(__file__).parents[2]
RECIPE = "recipes.minibatch"
TWO_REPLICAS = ["--strategy=mirrored", "--virtual_devices=2"]

CASES = {
    # First: it decides how many devices there are.
    "dry replicas": ["--dry_run", *TWO_REPLICAS],
    # 31 test images in minibatches of 10.
    "labels": ["--train_steps=2", "--labels=6", "--batch_size=10", "--export"],
    "dry": ["--dry_run"],
    "dry labels": ["--dry_run", "--labels=6"],
}
MISTAKES = {
    "one example": (
        ["--batch_size=1"],
        "at least 2 examples.*Received: --batch_size=1",
    ),
    "one example per replica": (
        ["--batch_size=2", *TWO_REPLICAS],
        "at least 2 examples.*2 replicas.*Received: --batch_size=2",
    ),
    "generator steps without labels": (
        ["--generator_steps=2"],
        "--generator_steps has no effect without --labels.*=2",
    ),
    "cifar10 without labels": (
        ["--networks=cifar10"],
        "--networks=cifar10 needs --labels.*--labels=None",
    ),
    "cifar10 with others' features": (
        ["--networks=cifar10", "--labels=6", "--minibatch_features=paper"],
        "--minibatch_features=released.*Received.*=paper",
    ),
    "networks for another size": (
        ["--networks=cifar10", "--labels=6", "--image_size=28"],
        r"32x32.*Received: image_shape=\(28, 28, 1\)",
    ),
    "fewer labels than classes": (
        ["--labels=2"],
        "multiple of the 3 classes.*each gets as many.*Received: 2",
    ),
    "labels that the classes cannot share": (
        ["--labels=7"],
        "multiple of the 3 classes.*each gets as many.*Received: 7",
    ),
    "no labels": (
        ["--dataset=folder:{folder}/flat", "--test_split=train", "--labels=2"],
        "flat has no labels.*--labels=",
    ),
    "updates at once": (
        ["--labels=6", "--simultaneous"],
        "Received: simultaneous=True",
    ),
}


def write_idx(folder):
    """Images of 28x28 whose first row tells the class."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for prefix, count in (("train", 40), ("t10k", 31)):
        labels = np.arange(count, dtype=np.uint8) % 3
        pixels = rng.integers(0, 90, (count, 28, 28), np.uint8)
        pixels[np.arange(count), 0, labels] += 150
        for kind, header, array in (
            ("images-idx3", (8, 3, count, 28, 28), pixels),
            ("labels-idx1", (8, 1, count), labels),
        ):
            packed = struct.pack(f">HBB{len(header) - 2}I", 0, *header)
            path = folder / f"{prefix}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(packed + array.tobytes()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("minibatch")
    write_idx(folder / "idx")
    (folder / "flat").mkdir()
    for name in "abcdefgh":
        pixels = np.full((28, 28, 1), ord(name), np.uint8)
        png = tf.io.encode_png(pixels).numpy()
        (folder / "flat" / f"{name}.png").write_bytes(png)
    return folder


@pytest.fixture(scope="module")
def answers(folder):
    """Case -> exit status, or the line beside status 1, and the output."""
    given = {}
    mistakes = {case: arguments for case, (arguments, _) in MISTAKES.items()}
    for case, arguments in (CASES | mistakes).items():
        small = ["--batch_size=8", "--log_every=1"]
        if "--networks=cifar10" not in arguments:
            small.append("--width=2")  # Of DCGAN.
        own = [argument.format(folder=folder) for argument in arguments]
        data = f"--dataset=idx:{folder / 'idx'}"
        workdir = f"--workdir={folder / case}"
        given[case] = [workdir, data, *small, *own]
    return driver.answers(RECIPE, given, folder / "answers")


def test_a_run_with_labels_is_evaluated_but_not_for_serving(answers, folder):
    status, output = answers["labels"]
    assert status == 0, status
    assert "Done: step 2 of 2" in output
    last = WorkDir(folder / "labels").read_metrics()[-1]
    assert last["eval/error_rate/raw"] == last["eval/errors/raw"] / 31
    assert "eval/errors/averaged" not in last
    # What it says of an image depends on the others.
    model = tf.saved_model.load(str(folder / "labels" / "export" / "2"))
    assert "generate" in model.signatures
    assert "classify" not in model.signatures


def test_a_dry_run_prints_the_cost_and_writes_nothing(answers, folder):
    for case in CASES:
        if case.startswith("dry"):
            status, output = answers[case]
            assert status == 0, status
            assert "GFLOP" in output
            assert not (folder / case).exists()


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_one_line_before_anything_is_written(
    case, answers, folder
):
    line, output = answers[case]
    assert isinstance(line, str) and line.startswith("error: ")
    assert len(line.splitlines()) == 1
    assert output == ""
    assert re.search(MISTAKES[case][1], line)
    assert not (folder / case).exists()


@pytest.mark.parametrize("argument", ["--helpshort", "--lables=3"])
def test_help_and_a_mistyped_flag_do_not_wait_for_tensorflow(argument):
    code = f"""
        import runpy, sys
        sys.argv = ["{RECIPE}", {argument!r}]
        try:
            runpy.run_module("{RECIPE}", run_name="__main__")
        except SystemExit:
            print("tensorflow" in sys.modules)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip().splitlines()[-1] == "False"
