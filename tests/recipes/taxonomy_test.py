"""recipes.taxonomy as a user meets it."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from tests.recipes import driver
from tfgan_ref import recorded
from tfgan_ref.models.taxonomy import tree

SMALL = ["--train_steps=3", "--batch_size=20", "--samples=40"]
CASES = {
    "all": ["--latent_dim=3", "--discriminator_steps=2"],
    "again": ["--workdir={}/all"],
    "some": ["--models=rbm,made", "--seed=5"],
    "made": ["--task=made_mnist", "--image_size=8"],
    "dry": ["--dry_run", "--models=made"],
    "many": ["--batch_size=1499", "--models=made"],
    "export": ["--export"],
    "game": ["--models=made,rbm", "--beta_1=0.9"],
    "other": ["--task=made_mnist", "--latent_dim=4"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("taxonomy")


@pytest.fixture(scope="module")
def answers(folder):
    given = {
        case: [
            f"--workdir={folder / case}",
            *SMALL,
            *(flag.replace("{}", str(folder)) for flag in own),
        ]
        for case, own in CASES.items()
    }
    return driver.answers("recipes.taxonomy", given, folder / "answers")


def _lines(text):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


def test_all_families_are_in_the_table_the_picture_and_the_record(
    answers, folder
):
    status, printed = answers["all"]
    assert status == 0
    head, _, *lines = _lines(printed)
    assert [line[0] for line in lines] == [x.model for x in tree.LEAVES]
    by_model = {line[0]: dict(zip(head, line, strict=False)) for line in lines}
    number = r"(>= )?-\d+\.\d\d"
    for leaf in tree.LEAVES:
        line = by_model[leaf.model]
        for task in ("ring: nats", "digits: nats"):
            has_density = leaf.density != "none"
            assert bool(re.fullmatch(number, line[task])) == has_density
    assert by_model["VAE"]["ring: nats"].startswith(">= ")
    assert not by_model["real NVP"]["ring: nats"].startswith(">= ")
    assert by_model["real NVP"]["digits: nats"].startswith(">= ")
    assert (folder / "all" / "taxonomy.md").read_text() in printed
    with Image.open(folder / "all" / "taxonomy.png") as picture:
        assert picture.size == (3 * 200, 8 * 216)


def test_the_record_is_one(answers, folder):
    record = recorded.read(folder / "all" / "taxonomy.json")
    assert record["kind"] == "taxonomy"
    assert record["settings"]["train_steps"] == 3
    assert [*record["rows"]] == [*tree.KEYS]
    evaluations = {
        key: [row["evaluations"] for row in by_task.values()]
        for key, by_task in record["rows"].items()
    }
    assert evaluations["made"] == [12, 64]
    assert evaluations["gan"] == evaluations["nvp"] == [1, 1]
    nats = record["nats"]["made"]["digits"]
    # Bits that know nothing of one another cost log 2 each.
    assert -1.2 * 64 * np.log(2) < nats < -0.5 * 64 * np.log(2)
    assert record["nats"]["gan"] == {"ring": None, "digits": None}


def test_what_is_there_stays(answers, folder):
    status, _ = answers["again"]
    assert status == (
        f"error: {folder / 'all' / 'taxonomy.md'} is there: a comparison does "
        "not go on, another workdir takes a new one"
    )


def test_some_are_compared_in_the_order_of_the_figure(answers, folder):
    assert answers["some"][0] == 0
    record = json.loads((folder / "some" / "taxonomy.json").read_text())
    assert [*record["nats"]] == ["made", "rbm"]
    assert record["settings"]["seed"] == 5


def test_made_is_trained_alone(answers, folder):
    status, printed = answers["made"]
    assert status == 0
    # scikit-learn's digits have no test images.
    _, _, line = _lines(printed)
    assert line[0] == "MADE" and line[4] == "64"
    record = recorded.read(folder / "made" / "taxonomy.json")
    row = record["rows"]["made"]["validation"]
    assert row["parameters"] == 2 * 64 * 500 + 500 + 64


def test_a_dry_run_writes_nothing(answers, folder):
    status, printed = answers["dry"]
    assert status == 0
    assert '"train_steps": 3' in printed
    assert re.search(r"made +digits +64,564 parameters", printed)
    assert not (folder / "dry").exists()


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            "many",
            "`batch_size` must be at least 1 and at most the size of the data "
            "set, 1498. Received: 1499",
        ),
        (
            "export",
            "--export has no effect where families are compared. "
            "Received: --export=True",
        ),
        (
            "game",
            "--beta_1 has no effect without gan in --models. "
            "Received: --beta_1=0.9",
        ),
        (
            "other",
            "--latent_dim has no effect with --task=made_mnist. "
            "Received: --latent_dim=4",
        ),
    ],
)
def test_what_cannot_be_is_one_line(case, said, answers, folder):
    assert answers[case][0] == f"error: {said}"
    assert not list((folder / case).glob("taxonomy*"))
