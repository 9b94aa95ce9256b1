import pathlib
import re

import numpy as np
import pytest
from absl import flags

from tests.recipes import alone
from tools.dev import results_table

ROOT = pathlib.Path(__file__).parents[1]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
)


def test_the_tables_of_results_are_those_of_the_records():
    for name in ("results", "performance", "serving", "distributed"):
        page = (ROOT / "docs" / f"{name}.md").read_text()
        assert results_table.updated(page, ROOT / "results") == page


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
    folder = (ROOT / page).parent
    missing = [
        link
        for link in links
        if not link.startswith("https://") and not (folder / link).exists()
    ]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_is_there(page):
    text = (ROOT / page).read_text()
    names = re.findall(
        r"\b((?:tools|recipes|tests|tfgan_ref)/[\w/]+\.py)", text
    )
    named_examples = {"tfgan_ref/models/foo.py", "recipes/foo.py"}
    named_examples |= {"tests/models/foo_test.py"}
    missing = {name for name in names if not (ROOT / name).exists()}
    # A record says the command of its day.
    records = "".join(p.read_text() for p in (ROOT / "results").glob("*.json"))
    missing = {name for name in missing if f"python {name}" not in records}
    assert missing <= named_examples


def test_the_readme_is_short_and_every_page_is_in_it():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 150
    assert "../" not in text
    for page in PAGES[1:]:
        assert f"]({page})" in text


def test_the_readme_has_a_command_that_each_recipe_takes():
    commands = re.findall(
        r"`python -m recipes\.(\w+) ([^`]+)`", (ROOT / "README.md").read_text()
    )
    recipes = {path.stem for path in (ROOT / "recipes").glob("[a-z]*.py")}
    assert {name for name, _ in commands} == recipes
    for name, given in commands:
        with alone.imported(f"recipes.{name}"):
            flags.FLAGS([name, *given.split()])


def python_example(page):
    example, *_ = re.findall(
        r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL
    )
    return example


def test_the_python_example_runs():
    example = python_example("README.md")
    example = example.replace("steps_per_epoch=100", "steps_per_epoch=1")
    names = {}
    exec(example, names)
    assert int(names["gan"].step.numpy()) == 1


def test_the_example_of_an_evaluation_runs(capsys):
    names = {}
    exec(python_example("docs/evaluation.md"), names)
    assert 0.3 < names["scores"]["one_nn/pixels"].value < 0.6
    assert "of generated 0." in capsys.readouterr().out


def test_the_example_of_a_keras_model_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(python_example("docs/library.md"), names)
    # Twice two epochs of 8 minibatches, the last of which is short.
    assert int(names["gan"].step.numpy()) == 32
    assert np.isfinite(names["samples"]).all()
    assert names["samples"].shape == (5, 2)
    assert len(names["history"].history["val_loss/discriminator"]) == 2
    assert names["gan"].generator_optimizer.clipnorm == 1.0
    assert capsys.readouterr().out
