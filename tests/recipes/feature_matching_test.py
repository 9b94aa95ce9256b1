"""The recipe as a user meets it, on sixty small images of three classes."""

import gzip
import json
import pathlib
import re
import signal
import struct
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tests.recipes import driver
from tests.waiting import Process, wait_for
from tfgan_ref.data import images
from tfgan_ref.training.workdir import WorkDir

ROOT = pathlib.Path(__file__).parents[2]
RECIPE = "recipes.feature_matching"
RUN = ["--checkpoint_every=5", "--eval_every=10"]
ENDLESS = [*RUN, "--train_steps=1000000000"]
OWN = ["--dataset=folder:{folder}/own", "--fit=pad"]
BASELINE = ["--supervised", "--workdir={folder}/baseline"]

MISTAKES = {
    "fewer labels than classes": (
        ["--labels=2"],
        "multiple of the 3 classes.*each gets as many.*Received: 2",
    ),
    "labels that the classes cannot share": (
        ["--labels=7"],
        "multiple of the 3 classes.*each gets as many.*Received: 7",
    ),
    "more labels than there are": (["--labels=63"], "class 0 has 20"),
    "no labels": (
        ["--dataset=folder:{folder}/flat", "--test_split=train"],
        "flat has no labels.*--labels=",
    ),
    "test labels beyond the classes": (
        ["--dataset=idx:{folder}/more"],
        r"in \[0, 3\).*every test example.*\[0, 3\]",
    ),
    "networks for another size": (
        ["--networks=cifar10", "--image_size=28"],
        r"32x32.*Received: image_shape=\(28, 28, 1\)",
    ),
    "updates at once": (["--simultaneous"], "Received: simultaneous=True"),
    "a batch larger than the set": (
        ["--batch_size=61"],
        "the data set, 60. Received: 61",
    ),
    "no such split": (
        ["--test_split=valid"],
        "--test_split=valid: .*train, test.*'valid'. --test_split=train counts",
    ),
}


def write_idx(folder, train, test):
    """Images of 6x6 whose first row tells the class."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for prefix, (count, classes) in {"train": train, "t10k": test}.items():
        labels = np.arange(count, dtype=np.uint8) % classes
        pixels = rng.integers(0, 90, (count, 6, 6), np.uint8)
        pixels[np.arange(count), 0, labels] += 150
        for kind, header, array in (
            ("images-idx3", (8, 3, count, 6, 6), pixels),
            ("labels-idx1", (8, 1, count), labels),
        ):
            packed = struct.pack(f">HBB{len(header) - 2}I", 0, *header)
            path = folder / f"{prefix}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(packed + array.tobytes()))


def write_own(folder):
    """Colour pictures to train on, grey ones to test with, without a class."""
    for split, names, mode in (("train", "abc", "RGB"), ("val", "ac", "L")):
        for name in names:
            (folder / split / name).mkdir(parents=True)
            for k in range(3):
                picture = Image.new(mode, (8, 6), "black")
                picture.putpixel((k, ord(name) - ord("a")), 255)
                picture.save(folder / split / name / f"{k}.webp", lossless=True)


def forget(config, flag):
    """As if the run were of a version that did not have the flag."""
    content = json.loads(config.read_text())
    del content["settings"][flag]
    config.write_text(json.dumps(content))


def flags_of(folder, case, arguments):
    """The command line of a case, whose workdir has its name."""
    small = ["--labels=6", "--batch_size=8", "--log_every=1"]
    given = [argument.format(folder=folder) for argument in arguments]
    data = f"--dataset=idx:{folder}/six"
    return [f"--workdir={folder / case}", data, *small, *given]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Data, and what all processes of this module leave."""
    folder = tmp_path_factory.mktemp("feature_matching")
    write_idx(folder / "six", train=(60, 3), test=(31, 3))
    write_idx(folder / "more", train=(60, 3), test=(31, 4))
    write_own(folder / "own")
    (folder / "flat").mkdir()
    for name in "abcdefgh":
        pixels = np.full((6, 6, 1), ord(name), np.uint8)
        png = tf.io.encode_png(pixels).numpy()
        (folder / "flat" / f"{name}.png").write_bytes(png)
    return folder


@pytest.fixture(scope="module")
def answers(folder):
    """Case -> exit status, or the line beside status 1, and the output.

    First another process is killed, whose run the last case goes on with,
    beside one that nobody has disturbed.
    """
    cases = {
        # First: it decides how many devices there are.
        "baseline": [
            *BASELINE,
            "--train_steps=4",
            "--eval_every=2",
            "--strategy=mirrored",
            "--virtual_devices=2",
        ],
        "other label_seed": [*BASELINE, "--label_seed=3"],
        "other labels": [*BASELINE, "--labels=3"],
        "other fit": [*BASELINE, "--fit=pad"],
        "own run": [*OWN, "--supervised", "--train_steps=2", "--eval_every=2"],
        "parts": [
            *OWN[:1],
            "--split=train[:70%]",
            "--test_split=train[70%:]",
            "--batch_size=6",
            "--dry_run",
        ],
        "dry": ["--dry_run"],
        "dry baseline": ["--dry_run", "--supervised"],
    } | {case: arguments for case, (arguments, _) in MISTAKES.items()}
    killed = Process(
        [sys.executable, "-m", RECIPE, *flags_of(folder, "killed", ENDLESS)],
        folder / "log of killed",
        cwd=ROOT,
    )
    with killed:
        saved = folder / "killed" / "checkpoints"
        wait_for(lambda: list(saved.glob("*.index")), killed)
        killed.kill()
        assert killed.ended() == -signal.SIGKILL
        forget(folder / "killed" / "config.json", "fit")
        newest = max(int(path.stem[5:]) for path in saved.glob("ckpt-*.index"))
    # Wherever that was, the end is behind it.
    last = f"--train_steps={newest // 10 * 10 + 30}"
    cases |= {"whole": [*RUN, last, "--export"], "killed": [*RUN, last]}
    given = {
        case: flags_of(folder, case, arguments)
        for case, arguments in cases.items()
    }
    return driver.answers(RECIPE, given, folder / "answers")


@pytest.fixture(scope="module")
def whole(answers, folder):
    """The run that nobody disturbs, what it printed, and its last step."""
    status, output = answers["whole"]
    assert status == 0, status
    workdir = WorkDir(folder / "whole")
    return workdir, output, workdir.read_config()["settings"]["train_steps"]


def variables(workdir):
    reader = tf.train.load_checkpoint(str(workdir / "checkpoints"))
    return {
        name: reader.get_tensor(name)
        for name in reader.get_variable_to_shape_map()
        if name != "_CHECKPOINTABLE_OBJECT_GRAPH"
    }


def test_a_killed_run_ends_as_one_that_was_never_killed(answers, whole, folder):
    assert answers["killed"][0] == 0, answers["killed"][0]
    undisturbed, _, last = whole
    killed = WorkDir(folder / "killed")
    first, again = killed.read_config()["starts"]
    assert first["step"] == 0 and 5 <= again["step"] <= last - 20
    expected, received = variables(undisturbed.path), variables(killed.path)
    assert expected.keys() == received.keys()
    for name, value in expected.items():
        assert (value == received[name]).all(), name
    both = [
        [
            {k: v for k, v in record.items() if k[:4] in ("eval", "loss")}
            for record in workdir.read_metrics()
        ]
        for workdir in (undisturbed, killed)
    ]
    assert both[0] == both[1] and len(both[0]) == last


def test_a_run_says_where_its_files_are(whole):
    workdir, log, last = whole
    assert f"Done: step {last} of {last}" in log
    for path in (f"samples/step_{last:06d}.png", "events", f"export/{last}"):
        assert str(workdir.path / path) in log
        assert (workdir.path / path).exists()


def test_the_test_set_is_evaluated_with_raw_and_averaged_weights(whole):
    workdir, _, last = whole
    records = workdir.read_metrics()
    evaluated = [r for r in records if "eval/errors/averaged" in r]
    steps = [record["step"] for record in evaluated]
    assert steps == list(range(10, last + 1, 10))
    for record in evaluated:
        for kind in ("raw", "averaged"):
            errors = record[f"eval/errors/{kind}"]
            assert record[f"eval/error_rate/{kind}"] == errors / 31
    assert evaluated[-1]["eval/errors/raw"] < 31 / 2  # By chance: 2/3.


def test_the_export_generates_and_classifies(whole, folder):
    workdir, _, last = whole
    model = tf.saved_model.load(str(workdir.exports / str(last)))
    assert set(model.signatures) == {
        "generate",
        "sample",
        "sample_png",
        "sample_png_bytes",
        "classify",
        "serving_default",
    }
    z = tf.random.stateless_uniform([3, 100], [0, 0])
    samples = model.signatures["generate"](latents=z)["images"]
    assert samples.shape == (3, 6, 6, 1)
    assert np.min(samples) >= 0 and np.max(samples) <= 1
    assert np.std(samples) > 0.005
    # It is the averaged classifier that the last evaluation has judged.
    test = images.load(f"idx:{folder}/six", split="test")
    scaled = test.images[:].astype(np.float32) / 255
    outputs = model.signatures["classify"](images=tf.constant(scaled))
    errors = np.sum(outputs["classes"].numpy() != test.labels)
    assert errors == workdir.read_metrics()[-1]["eval/errors/averaged"]


def test_the_settings_are_the_published_ones(whole):
    settings = whole[0].read_config()["settings"]
    assert (
        settings.items()
        >= {
            "networks": "mlp",
            "generator_lr": 3e-3,
            "discriminator_lr": 3e-3,
            "beta_1": 0.5,
            "simultaneous": False,
            "ema_decay": 0.0,
            "discriminator_ema_decay": 0.9999,
            "label_seed": 1,
            "supervised": False,
        }.items()
    )


def test_the_baseline_is_trained_and_evaluated_on_two_replicas(answers, folder):
    status, output = answers["baseline"]
    assert status == 0, status
    assert "Done: step 4 of 4" in output
    records = WorkDir(folder / "baseline").read_metrics()
    assert [r["step"] for r in records if "eval/errors/raw" in r] == [2, 4]
    for record in records:
        assert "loss/labelled" in record
        assert "loss/generator" not in record


def test_own_pictures_are_trained_and_evaluated_on(answers, folder):
    status, output = answers["own run"]
    assert status == 0, status
    assert "Done: step 2 of 2" in output
    config = WorkDir(folder / "own run").read_config()["settings"]
    assert config["data"]["count"] == 9
    assert config["data"]["image_shape"] == [8, 8, 3]
    assert config["fit"] == "pad"
    *_, last = WorkDir(folder / "own run").read_metrics()
    assert 0 <= last["eval/errors/raw"] <= 6
    # Two of three pictures of each class, and the third.
    status, output = answers["parts"]
    assert status == 0, status
    assert json.JSONDecoder().raw_decode(output)[0]["data"]["count"] == 6


def test_a_dry_run_prints_the_cost_and_writes_nothing(answers, folder):
    costs = []
    for case in ("dry", "dry baseline"):
        status, output = answers[case]
        assert status == 0, status
        assert not (folder / case).exists()
        (line,) = (x for x in output.splitlines() if x.startswith("one step"))
        costs.append(float(line.split()[2]) * 1e9)
    generator = 2 * (100 * 500 + 500 * 500 + 500 * 36)
    discriminator = 2 * (
        36 * 1000 + 1000 * 500 + 500 * 250 + 2 * 250 * 250 + 250 * 3
    )
    # 1 + 3 passes and 9 + 3; the baseline 3.
    expected = [8 * (4 * generator + 12 * discriminator), 24 * discriminator]
    assert costs == pytest.approx(expected, rel=0.15)


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


@pytest.mark.parametrize(
    ("name", "before", "now"),
    [
        ("label_seed", 1, 3),
        ("labels", 6, 3),
        ("fit", "crop", "pad"),
    ],
)
def test_a_run_with_other_settings_is_not_gone_on_with(
    name, before, now, answers, folder
):
    line, _ = answers[f"other {name}"]
    holds = f"error: {folder / 'baseline'} holds a run with {name}={before}. "
    assert line.startswith(f"{holds}Received: {name}={now}.")
    assert len(line.splitlines()) == 1
    assert len(WorkDir(folder / "baseline").read_metrics()) == 4


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
