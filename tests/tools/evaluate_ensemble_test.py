"""Ensembles of classifiers whose probabilities are written by hand."""

import argparse
import gzip
import struct
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from tests import forked
from tests.small_gan import around
from tfgan_ref import recorded
from tfgan_ref.data.images import Images
from tfgan_ref.errors import UserError
from tfgan_ref.serving import export
from tools import evaluate_ensemble
from tools.evaluation import errors

# An image is dark but for one of the first three of its nine pixels. For each
# of these three, what the members think of the three classes.
ONE = [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.9, 0.05, 0.05]]
OTHER = [[0.1, 0.8, 0.1], [0.5, 0.3, 0.2], [0.02, 0.5, 0.48]]
# Their answers are 0, 1, 0 and 1, 0, 1; of the mean 1, 1, 0. (Of the product,
# or the mean logit, it would be 1 for the last.)
BRIGHT = [0, 0, 1, 2, 2, 1, 0]
LABELS = [1, 0, 1, 2, 0, 1, 1]
ERRORS_OF_ONE, ERRORS_OF_OTHER, ERRORS_TOGETHER = 3, 5, 2


def classifier(probabilities, side=3):
    """Logits are log p, with the kernel for pixels of -1 and 1."""
    logits = np.log(probabilities)
    classes = logits.shape[1]
    model = keras.Sequential(
        [
            keras.Input((side, side, 1)),
            layers.Flatten(),
            layers.Dense(classes),
        ]
    )
    kernel = np.zeros((side * side, classes))
    kernel[: len(logits)] = logits / 2
    model.set_weights([kernel, kernel.sum(0)])
    return model


def exported(folder, version, model):
    shape = model.input_shape[1:] if model else (3, 3, 1)
    pixels = layers.Dense(shape[0] * shape[1])
    generator = keras.Sequential(
        [keras.Input((2,)), pixels, layers.Reshape(shape)]
    )
    gan = around(generator, model)
    return str(export.export_gan(gan, folder, version))


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    return [
        exported(folder, version, classifier(probabilities))
        for version, probabilities in enumerate((ONE, OTHER))
    ]


def small_set(labels=LABELS):
    pixels = np.zeros((len(BRIGHT), 9), np.uint8)
    pixels[np.arange(len(BRIGHT)), BRIGHT] = 255
    labels = np.array(labels, np.int32)
    return Images("bright", pixels.reshape(-1, 3, 3, 1), labels)


def assert_one_line(caught, *parts):
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for part in parts:
        assert str(part) in message


# Counting.


@pytest.mark.parametrize("batch_size", [1, 3, 500])
def test_the_errors_are_of_each_and_of_the_mean_probabilities(
    members, batch_size
):
    result = errors.count(small_set(), members, batch_size)
    assert result == {
        "examples": 7,
        "errors": dict(
            zip(members, (ERRORS_OF_ONE, ERRORS_OF_OTHER), strict=True)
        ),
        "steps": dict.fromkeys(members),  # Their exports do not tell.
        "ensemble": ERRORS_TOGETHER,
    }


def test_the_ensemble_of_one_is_itself(members):
    result = errors.count(small_set(), members[1:], 4)
    assert result["errors"] == {members[1]: ERRORS_OF_OTHER}
    assert result["ensemble"] == ERRORS_OF_OTHER


def test_the_result_is_printed_and_recorded(members, tmp_path, capsys):
    data = small_set()
    for kind, header, array in (
        ("images-idx3", (8, 3, 7, 3, 3), data.images),
        ("labels-idx1", (8, 1, 7), data.labels.astype(np.uint8)),
    ):
        packed = struct.pack(f">HBB{len(header) - 2}I", 0, *header)
        path = tmp_path / f"t10k-{kind}-ubyte.gz"
        path.write_bytes(gzip.compress(packed + array.tobytes()))
    flags = argparse.Namespace(
        dataset=f"idx:{tmp_path}",
        data_dir=None,
        split="test",
        image_size=None,
        fit=None,
        background=None,
        batch_size=4,
        model=members,
        json=str(tmp_path / "ensemble.json"),
    )
    evaluate_ensemble.main(flags)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["3", "errors", "of", "7:", members[0]],
        ["5", "errors", "of", "7:", members[1]],
        ["2", "errors", "of", "7:", "the", "ensemble"],
    ]
    record = recorded.read(tmp_path / "ensemble.json")
    assert (
        record.items()
        >= {
            "examples": 7,
            "errors": {members[0]: 3, members[1]: 5},
            "ensemble": 2,
        }.items()
    )


# Mistakes.


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_that_is_no_savedmodel_is_named(members, tmp_path, exists):
    folder = tmp_path / "3"
    if exists:
        folder.mkdir()
    with pytest.raises(UserError) as caught:
        errors.count(small_set(), [members[0], str(folder)], batch_size=4)
    assert_one_line(caught, folder, "neither an export")


def test_a_damaged_savedmodel_is_named(tmp_path):
    folder = exported(tmp_path, 0, classifier(ONE))
    path = tmp_path / "0" / "saved_model.pb"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError) as caught:
        errors.count(small_set(), [folder], batch_size=4)
    assert_one_line(caught, folder)


def test_a_generator_alone_is_no_classifier(tmp_path):
    folder = exported(tmp_path, 0, None)
    with pytest.raises(UserError) as caught:
        errors.count(small_set(), [folder], batch_size=4)
    assert_one_line(caught, folder, "`classify`", "generate")


def test_a_classifier_of_other_images_is_refused(members, tmp_path):
    folder = exported(tmp_path, 0, classifier(ONE, side=4))
    with pytest.raises(UserError) as caught:
        errors.count(small_set(), [*members, folder], 4)
    assert_one_line(caught, folder, "[None, 4, 4, 1]", "3, 3, 1]")


def test_a_member_with_other_classes_is_refused(members, tmp_path):
    four = np.full((3, 4), 0.25)
    folder = exported(tmp_path, 0, classifier(four))
    with pytest.raises(UserError) as caught:
        errors.count(small_set(), [*members, folder], 4)
    assert_one_line(caught, folder, "3 classes", "Received: 4")


@pytest.mark.parametrize(
    "labels", [[1, 0, 3, 2, 0, 1, 1], [1, 0, 1, 2, -1, 1, 1]]
)
def test_labels_outside_of_the_classes_are_refused(members, labels):
    with pytest.raises(UserError) as caught:
        errors.count(small_set(labels), members, 4)
    received = f"[{min(labels)}, {max(labels)}]"
    assert_one_line(caught, "bright", "[0, 3)", f"Received: {received}")


def test_a_set_without_labels_is_refused(members):
    with pytest.raises(UserError) as caught:
        errors.count(small_set([-1] * 7), members, 4)
    assert_one_line(caught, "bright", "[-1, -1]")


# The command line.


def test_a_mistake_ends_in_one_line_and_status_1(tmp_path):
    failed = forked.run(
        evaluate_ensemble.__file__,
        "--dataset=digits",
        "--split=train",
        f"--classifier={tmp_path / '7'}",
    )
    assert failed.returncode == 1
    *_, line = failed.stderr.splitlines()
    assert line.startswith(f"error: {tmp_path / '7'} is neither an")
    assert "Traceback" not in failed.stderr
    assert failed.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--dataset=digits"],
        ["--dataset=digits", "--classifier=x", "--batch_size=0"],
    ],
)
def test_a_wrong_flag_does_not_wait_for_tensorflow(arguments):
    code = f"""
import runpy, sys
sys.argv = {["evaluate_ensemble.py", *arguments]!r}
try:
    runpy.run_path({evaluate_ensemble.__file__!r}, run_name="__main__")
except SystemExit as end:
    print(end.code, "tensorflow" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout.split() == ["2", "False"]
    assert "--classifier" in done.stderr or "--batch_size" in done.stderr
