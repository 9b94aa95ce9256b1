"""recipes.discrete as a user meets it: a run, its table, its export."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.recipes import alone, driver
from tfgan_ref import inference
from tfgan_ref.errors import UserError
from tfgan_ref.training.workdir import WorkDir

TINY = ["--train_steps=2", "--batch_size=4", "--categories=3", "--eval_every=2"]
TINY += ["--estimates=3"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("discrete")


@pytest.fixture(scope="module")
def answers(folder):
    given = {
        "trained": [f"--workdir={folder / 'run'}", *TINY, "--export"],
        "taken": [f"--workdir={folder / 'taken'}", *TINY],
        "file": [f"--workdir={folder / 'file'}", *TINY],
        "even": [f"--workdir={folder / 'even'}", *TINY, "--dataset=even"],
    }
    (folder / "file").touch()
    (folder / "taken" / "estimators.png").mkdir(parents=True)
    return driver.answers("recipes.discrete", given, folder / "answers")


def test_a_run_ends_with_a_table_of_all_estimators(answers, folder):
    status, printed = answers["trained"]
    assert status == 0, status
    found = json.loads((folder / "run/estimators.json").read_text())
    # The law of an embedding's tokens has no gradient to compare with.
    rows = [x for x in found if "/" not in x and x != "embedding"]
    assert len(rows) == 6 and "embedding" not in printed
    for name in rows:
        row = found[name]
        bias, _, deviation = (
            f"{row[key] / row['exact']:.3f}"
            for key in ("bias", "bias_by_chance", "deviation")
        )
        (line,) = [
            line for line in printed.splitlines() if line.split("  ")[0] == name
        ]
        assert line.split()[-3] == bias and line.split()[-1] == deviation
    with Image.open(folder / "run/estimators.png") as picture:
        assert picture.size == (900, 360)
        assert len(picture.convert("RGB").getcolors(10**6)) > 3
    last = WorkDir(folder / "run").read_metrics()[-1]
    assert last["step"] == 2 and last["eval/gradient/deviation"] > 0


def test_where_the_exact_gradient_is_0_numbers_are_absolute(answers, folder):
    status, printed = answers["even"]
    assert status == 0, status
    assert "D the best; exact is 0:" in printed
    found = json.loads((folder / "even/estimators.json").read_text())
    (line,) = [x for x in printed.splitlines() if x.startswith("reinforce  ")]
    assert line.split()[-1] == f"{found['reinforce']['deviation']:.3f}"
    assert (folder / "even/estimators.png").exists()


def test_no_legend_of_the_picture_hides_what_it_names(answers, folder):
    found = json.loads((folder / "run/estimators.json").read_text())
    with alone.imported("recipes.common.estimator_table") as table:
        figure = table._figure(table._relative(found))
    figure.draw_without_rendering()
    for axis in figure.axes:
        legend = axis.get_legend().get_window_extent()
        assert not legend.overlaps(axis.get_window_extent())
        for side in (legend.get_points(), axis.get_tightbbox().get_points()):
            assert (side >= 0).all() and (side <= (900, 360)).all()
    left, right = figure.axes
    names = [label.get_text() for label in left.get_yticklabels()]
    assert len(names) == 6 and "embedding" not in names
    # Of lines that lie on one another the upper ones are narrower.
    widths = [line.get_linewidth() for line in right.get_lines()]
    assert widths == sorted(widths, reverse=True) and widths[0] > 2 * widths[-1]


def test_the_help_says_the_rates_of_an_embedding():
    with alone.imported("recipes.discrete") as module:
        assert f"rates {module._PERCEPTRONS_LR:g} where" in module.__doc__


def test_a_file_is_no_workdir(answers, folder):
    line, _ = answers["file"]
    assert line == (
        "error: --workdir must be a folder that can be written. Received: "
        f"{folder / 'file'} (Not a directory)"
    )


def test_the_export_gives_tokens_and_no_images(answers, folder):
    model = inference.load(folder / "run" / "export")
    seeds = np.arange(40)
    asked = {"seed": seeds, "truncation": np.ones(40)}
    made = model.call("sample", **asked)
    assert made["tokens"].shape == (40,) and {*made["tokens"]} == {0, 1, 2}
    texts = [text.decode() for text in made["strings"]]
    assert texts == [*map(str, made["tokens"])]
    run = inference.load(folder / "run").call("sample", **asked)
    np.testing.assert_array_equal(run["tokens"], made["tokens"])
    with pytest.raises(UserError, match="images were expected.*strings, tok"):
        model.sample(seeds)


def test_what_cannot_be_written_is_told_before(answers, folder):
    line, _ = answers["taken"]
    assert "estimators.png: it is there, and no file" in line
    assert not (folder / "taken" / "config.json").exists()
