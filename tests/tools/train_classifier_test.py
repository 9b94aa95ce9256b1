import gzip
import json
import pathlib
import re
import struct
import time

import numpy as np
import pytest
from PIL import Image

from tests import forked
from tfgan_ref.data import images
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import classifier
from tools import train_classifier

TOOL = pathlib.Path(train_classifier.__file__)


def main(*arguments):
    train_classifier.main(train_classifier._parse_flags(arguments))


def write_idx(folder, **splits):
    """Writes the labels of each split, with dark images of 4 pixels."""
    for prefix, labels in splits.items():
        count = len(labels)
        header = struct.pack(">HBBIII", 0, 8, 3, count, 2, 2)
        path = folder / f"{prefix}-images-idx3-ubyte.gz"
        path.write_bytes(gzip.compress(header + bytes(4 * count)))
        header = struct.pack(">HBBI", 0, 8, 1, count)
        path = folder / f"{prefix}-labels-idx1-ubyte.gz"
        path.write_bytes(gzip.compress(header + bytes(labels)))


def test_digits_are_learnt_by_a_process_of_its_own(tmp_path):
    path = tmp_path / "classifiers" / "digits.keras"
    begin = time.perf_counter()
    done = forked.run(
        TOOL,
        "--dataset=digits",
        "--test_split=train",
        "--image_size=8",
        "--epochs=4",
        "--batch_size=64",
        "--seed=2",
        f"--out={path}",
    )
    elapsed = time.perf_counter() - begin
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    *_, result, where = done.stdout.splitlines()
    found = re.fullmatch(
        r"(\d+\.\d\d)% of the 1797 images of digits, train, are classified "
        r"right; trained in (\d+) s",
        result,
    )
    assert found and where == f"The classifier is in {path}"

    loaded = classifier.load(path)
    data = images.load("digits", image_size=8)
    probabilities = loaded.network.predict(data.images / 127.5 - 1, verbose=0)
    accuracy = np.mean(probabilities.argmax(-1) == data.labels)
    assert accuracy > 0.9
    assert 100 * accuracy == pytest.approx(float(found[1]), abs=0.1)

    record = json.loads(path.with_suffix(".json").read_text())
    assert record["test_accuracy"] == pytest.approx(accuracy, abs=1e-3)
    assert record["dataset"] == "digits"
    assert record["fingerprint"] == data.fingerprint
    assert record["image_shape"] == [8, 8, 1]
    assert record["class_names"] == [*"0123456789"]
    assert "--test_split=train" in record["command"]
    seconds = record["settings"].pop("seconds")
    assert 0 < seconds < elapsed and f"{seconds:.0f}" == found[2]
    assert record["settings"] == {
        "epochs": 4,
        "batch_size": 64,
        "seed": 2,
        "test_split": "train",
        "fit": "crop",
        "background": "white",
    }


def test_a_split_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UserError, match="digits has the split train") as caught:
        main("--dataset=digits", f"--out={tmp_path / 'x.keras'}")
    assert len(str(caught.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_images_without_labels_are_one_line(tmp_path):
    picture = Image.fromarray(np.zeros((4, 4), np.uint8))
    (tmp_path / "images").mkdir()
    picture.save(tmp_path / "images" / "a.png")
    with pytest.raises(UserError, match="has no labels"):
        main(
            f"--dataset=folder:{tmp_path / 'images'}",
            "--test_split=train",
            f"--out={tmp_path / 'x.keras'}",
        )


def test_test_labels_that_were_not_learnt_are_known_before_training(tmp_path):
    write_idx(tmp_path, train=[0, 1, 1], t10k=[0, 2])
    with pytest.raises(UserError, match=r"in \[0, 2\) .*labels in \[0, 2\]"):
        # Training would refuse the batch size.
        main(
            f"--dataset=idx:{tmp_path}",
            "--batch_size=9",
            f"--out={tmp_path / 'x.keras'}",
        )


def test_a_minibatch_larger_than_the_data_is_one_line(tmp_path):
    write_idx(tmp_path, train=[0, 1, 1], t10k=[0, 1])
    with pytest.raises(UserError, match="at most .* 3. Received: 9"):
        main(
            f"--dataset=idx:{tmp_path}",
            "--batch_size=9",
            f"--out={tmp_path / 'x.keras'}",
        )


def test_where_nothing_can_be_written_is_known_before_the_data_is_read():
    with pytest.raises(UserError, match="in .keras was expected. .*: x.h5"):
        main("--dataset=nosuch", "--out=x.h5")


@pytest.mark.parametrize(
    "flag", ["--epochs=0", "--seed=-1", "--seed=4294967296"]
)
def test_a_flag_out_of_range_is_named(flag, capsys):
    with pytest.raises(SystemExit) as caught:
        main(flag)
    assert caught.value.code == 2
    name, value = flag.split("=")
    message = capsys.readouterr().err
    assert f"{name}: a whole number in [" in message
    assert f"Received: {value}" in message
