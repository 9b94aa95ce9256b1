"""recipes.taxonomy as a user meets it."""

import importlib
import re

import numpy as np
import pytest
from absl import flags
from PIL import Image

from tests.recipes import alone, driver
from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tfgan_ref.models.taxonomy import tree

SMALL = ["--train_steps=3", "--batch_size=20", "--samples=40"]
CASES = {
    "some": ["--models=gan,rbm,made", "--discriminator_steps=2", "--seed=5"],
    "again": ["--models=gan,rbm,made", "--discriminator_steps=2", "--seed=5"]
    + ["--workdir={}/some"],
    "others": ["--models=gan,rbm,made", "--seed=5", "--workdir={}/some"],
    "file": ["--workdir={}/file"],
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
    return _answers(CASES, folder)


def _answers(cases, folder):
    (folder / "file").touch()
    given = {
        case: [
            f"--workdir={folder / case}",
            *SMALL,
            *(flag.replace("{}", str(folder)) for flag in own),
        ]
        for case, own in cases.items()
    }
    return driver.answers("recipes.taxonomy", given, folder / "answers")


def _lines(text):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


def _check_table(printed, folder, keys):
    """Table, picture and record have these families."""
    head, _, *lines = _lines(printed)
    leaves = [tree.leaf(key) for key in keys]
    assert [line[0] for line in lines] == [leaf.model for leaf in leaves]
    for leaf, line in zip(leaves, lines, strict=True):
        for column, name in enumerate(head):
            if name.endswith(": nats"):
                of_bits = name == "digits: nats"
                bound = leaf.key == "vae" or (leaf.key == "nvp" and of_bits)
                number = ">= -" if bound else "-"
                number += r"\d+\.\d\d" if leaf.density != "none" else ""
                assert re.fullmatch(number, line[column]), (leaf, line)
    assert (folder / "taxonomy.md").read_text() in printed
    with Image.open(folder / "taxonomy.png") as picture:
        assert picture.size == (3 * 200, (1 + len(keys)) * 216)
    record = recorded.read(folder / "taxonomy.json")
    assert record["kind"] == "taxonomy"
    assert [*record["rows"]] == [*record["nats"]] == [*keys]
    return record


def test_the_families_are_compared_in_the_order_of_the_figure(answers, folder):
    status, printed = answers["some"]
    assert status == 0
    record = _check_table(printed, folder / "some", ["made", "rbm", "gan"])
    settings = record["settings"]
    assert (settings["train_steps"], settings["seed"]) == (3, 5)
    made, rbm, gan = (
        [row["evaluations"] for row in by_task.values()]
        for by_task in record["rows"].values()
    )
    assert (made, rbm, gan) == ([12, 64], [400, 400], [1, 1])
    assert record["nats"]["gan"] == {"ring": None, "digits": None}
    # Bits that know nothing of one another cost log 2 each.
    nats = record["nats"]["made"]["digits"]
    assert 0.5 < -nats / (64 * np.log(2)) < 1.2


@pytest.mark.conformance
def test_all_families_are_compared(tmp_path):
    found = _answers({"all": ["--latent_dim=3"]}, tmp_path)
    status, printed = found["all"]
    assert status == 0
    _check_table(printed, tmp_path / "all", tree.KEYS)


def test_what_is_done_is_shown(answers, folder):
    status, printed = answers["again"]
    assert status == 0
    assert printed.startswith("Nothing to do: the comparison is done.\n")
    assert printed.partition("\n")[2] == answers["some"][1]


def test_what_is_there_stays(answers, folder):
    status, _ = answers["others"]
    assert status == (
        f"error: {folder / 'some'} holds a comparison with "
        "discriminator_steps=2. Received: discriminator_steps=1. Choose "
        "another workdir"
    )


def test_part_of_a_comparison_does_not_go_on(tmp_path):
    (tmp_path / "taxonomy.md").touch()
    with alone.imported("recipes.common.taxonomy_files") as files:
        assert not files.is_done(tmp_path, {})
        with pytest.raises(UserError, match="a comparison does not go on"):
            files.reserved(tmp_path).__enter__()


def test_a_file_is_no_workdir(answers):
    assert answers["file"][0].startswith("error: --workdir must be a folder")


def test_it_is_said_what_digits_are_measured_on(monkeypatch):
    said = []
    with alone.imported("recipes.taxonomy"):
        tasks = importlib.import_module("recipes.common.taxonomy_tasks")
        flags.FLAGS(["taxonomy", "--workdir=w"])
        monkeypatch.setattr(tasks.logging, "info", lambda *x: said.append(x))
        task = tasks.digits(8)
    assert said[-1][0] % said[-1][1:] == (
        "299 of the training images are held out: `digits: nats` is of them"
    )
    assert len(task.test) == 299


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
