"""The recipe as a user meets it, on scikit-learn's digits."""

import pytest

from tests.recipes import driver
from tfgan_ref.data import images
from tfgan_ref.evaluation import classifier
from tfgan_ref.training.workdir import WorkDir

SMALL = [
    "--dataset=digits",
    "--image_size=28",
    "--count=64",
    "--train_steps=4",
    "--batch_size=8",
    "--width=2",
    "--latent_dim=3",
    "--log_every=2",
    "--sample_every=4",
    "--checkpoint_every=4",
]
COUNTED = ["--eval_every=2", "--eval_samples=1000"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("stacked")


@pytest.fixture(scope="module")
def answers(folder):
    for name, size in (("fits", 28), ("large", 32)):
        data = images.load("digits", image_size=size)
        network = classifier.build(data.image_shape, 10)
        path = folder / f"{name}.keras"
        classifier.save(
            network, path, data=data, test_accuracy=0.1, settings={}
        )
    cases = {
        "counted": [f"--classifier={folder / 'fits.keras'}", *COUNTED],
        "uncounted": [],
        "large": [f"--classifier={folder / 'large.keras'}"],
        "missing": [f"--classifier={folder / 'gone.keras'}"],
        "few": [f"--classifier={folder / 'fits.keras'}", "--eval_samples=999"],
        "colour": ["--channels=3"],
    }
    given = {
        case: [f"--workdir={folder / case}", *SMALL, *flags]
        for case, flags in cases.items()
    }
    return driver.answers("recipes.stacked_mnist", given, folder / "answers")


def test_modes_are_counted_as_it_trains(answers, folder):
    status, output = answers["counted"]
    assert status == 0, status
    assert "Done: step 4 of 4" in output
    workdir = WorkDir(folder / "counted")
    for record in workdir.read_metrics():
        assert 1 <= record["eval/modes_captured"] <= 1000
        assert "eval/high_quality" not in record
    data = workdir.read_config()["settings"]["data"]
    assert (data["count"], data["image_shape"]) == (64, [28, 28, 3])


def test_without_a_classifier_it_only_trains(answers, folder):
    status, output = answers["uncounted"]
    assert status == 0, status
    records = WorkDir(folder / "uncounted").read_metrics()
    assert not any("eval/modes_captured" in record for record in records)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("large", "Received: images [32, 32, 1], 10 classes"),
        ("missing", "gone.json"),
        ("few", "the 1000 modes were expected. Received: 999"),
        ("colour", "grey images with labels"),
    ],
)
def test_a_mistake_is_one_line(case, said, answers, folder):
    line, _ = answers[case]
    assert line.startswith("error: ") and said in line
    assert len(line.splitlines()) == 1
    assert not (folder / case).exists()
