"""recipes.sequence as a user meets it: runs, an export, mistakes."""

import re

import numpy as np
import pytest
from PIL import Image

from tests.recipes import driver
from tfgan_ref import inference
from tfgan_ref.training.workdir import WorkDir

TINY = ["--train_steps=4", "--pretrain_steps=2", "--eval_every=4", "--units=2"]
TINY += ["--batch_size=4", "--length=3", "--strings=20", "--eval_samples=5"]
TINY += ["--embedding_dim=2", "--discriminator_units=2", "--rollouts=1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sequence")


@pytest.fixture(scope="module")
def answers(folder):
    (folder / "endless.txt").write_text("S -> S+S | (S)\n")
    (folder / "long.txt").write_text("S -> abcde\n")
    (folder / "empty.txt").touch()
    own = {
        "grammar": ["--export"],
        "oracle": ["--task=oracle", "--vocabulary=4"],
        "alone": ["--pretrain_steps=9"],
        **{
            kind: [f"--lr_schedule={kind}", "--log_every=1"]
            for kind in ("constant", "linear")
        },
        **{
            name: [f"--dataset={folder / name}.txt"]
            for name in ("endless", "long", "empty")
        },
        "missing": [f"--dataset={folder / 'nothing[1]'}"],
    }
    given = {
        case: [f"--workdir={folder / case}", *TINY, *more]
        for case, more in own.items()
    }
    return driver.answers("recipes.sequence", given, folder / "answers")


@pytest.mark.parametrize("case", ["grammar", "oracle"])
def test_a_run_tells_what_the_game_has_added(case, answers, folder):
    status, printed = answers[case]
    assert status == 0, status
    first, last = re.findall(r"After .*", printed)
    score = "oracle_nll" if case == "oracle" else "valid"
    assert first.startswith("After maximum likelihood, step 2: ")
    assert last.startswith("After the game, step 4: ")
    records = {r["step"]: r for r in WorkDir(folder / case).read_metrics()}
    for step, line in ((2, first), (4, last)):
        value = records[step][f"eval/{score}"]
        assert f"{score} {value:.4f}" in line
    with Image.open(folder / case / "samples/step_000004.png") as picture:
        assert picture.size[1] == 17 * 18


def test_a_constant_rate_is_one_of_each_phase(answers, folder):
    # A rate is read after the update: it is the next one's.
    for kind, expected, told in (
        ("constant", [5e-3, 3e-4, 3e-4, 3e-4], 5e-3),
        ("linear", [2.25e-4, 1.5e-4, 0.75e-4, 0.0], None),
    ):
        assert answers[kind][0] == 0, answers[kind]
        workdir = WorkDir(folder / kind)
        rates = [r["learning_rate/generator"] for r in workdir.read_metrics()]
        np.testing.assert_allclose(rates, expected, rtol=1e-6)
        assert workdir.read_config()["settings"]["pretrain_lr"] == told


def test_the_export_gives_strings(answers, folder):
    model = inference.load(folder / "grammar" / "export")
    seeds = np.arange(30)
    made = model.call("sample", seed=seeds, truncation=np.ones(30))
    assert made["tokens"].shape == (30, 3)
    symbols = ("", "*", "+", "-", "/", "x")
    for row, text in zip(made["tokens"], made["strings"], strict=True):
        written = "".join(symbols[token] or "|" for token in row)
        assert text.decode() == written.partition("|")[0]


def test_a_game_that_never_ran_has_no_line(answers):
    status, printed = answers["alone"]
    assert status == 0, status
    (line,) = re.findall(r"After .*", printed)
    assert line.startswith("After maximum likelihood, step 4: ")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            "endless",
            "endless.txt: A grammar that has a finite string was expected. "
            "Received: 'S -> S+S",
        ),
        ("long", "--length must be more, for all strings of "),
        ("empty", "empty.txt: Rules such as `S -> x | S+S` were expected. "),
        ("missing", "a file of rules was expected. Received: "),
    ],
)
def test_a_mistake_is_one_line(case, said, answers, folder):
    line, _ = answers[case]
    assert line.startswith("error: ") and said in line
    assert not (folder / case).exists()
