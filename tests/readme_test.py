import pathlib
import re

import numpy as np
import pytest

from tools.dev import results_table

ROOT = pathlib.Path(__file__).parents[1]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/performance.md",
    "docs/serving.md",
    "docs/tutorial.md",
)


def test_the_table_of_results_is_that_of_the_records():
    for name in ("README.md", "docs/performance.md", "docs/serving.md"):
        page = (ROOT / name).read_text()
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
    assert names
    named_examples = {"tfgan_ref/models/foo.py", "recipes/foo.py"}
    named_examples |= {"tests/models/foo_test.py"}
    missing = {name for name in names if not (ROOT / name).exists()}
    # A record says the command of its day.
    records = "".join(p.read_text() for p in (ROOT / "results").glob("*.json"))
    missing = {name for name in missing if f"python {name}" not in records}
    assert missing <= named_examples


def python_examples():
    return re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )


def test_the_python_example_runs():
    example, *_ = python_examples()
    example = example.replace("steps_per_epoch=100", "steps_per_epoch=1")
    names = {}
    exec(example, names)
    assert int(names["gan"].step.numpy()) == 1


def test_the_example_of_a_keras_model_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(python_examples()[1], names)
    # Twice two epochs of 8 minibatches, the last of which is short.
    assert int(names["gan"].step.numpy()) == 32
    assert np.isfinite(names["samples"]).all()
    assert names["samples"].shape == (5, 2)
    assert len(names["history"].history["val_loss/discriminator"]) == 2
    assert names["gan"].generator_optimizer.clipnorm == 1.0
    assert capsys.readouterr().out
