"""docs/tutorial.md: what it names exists, and it is what the tool writes."""

import dataclasses
import json
import pathlib
import re

import pytest

from tfgan_ref.errors import UserError
from tools.dev import figures, tutorial_page
from tools.dev.tutorial_claims import page
from tools.dev.tutorial_claims.row import Row

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "tutorial.md"
ROW = Row(
    "1",
    "eq. 1",
    "A claim | with a bar",
    ("code.py::cost",),
    ("tests/some_test.py::test_a_cost",),
    "fig16",
    ("fig16:slope",),
    (("errors", "run:evaluations:-1:errors"),),
)


def name_of(reference):
    path, _, name = reference.partition("::")
    text = (ROOT / path).read_text()
    return re.search(rf"^(def|class) {name}\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    "reference",
    sorted({r for row in page.ROWS for r in row.code + row.tests}),
)
def test_every_function_and_test_that_is_named_exists(reference):
    assert name_of(reference), f"{reference}: mend tools/dev/tutorial_claims/"


def test_the_page_is_what_the_tool_writes():
    assert page.page(ROOT) == PAGE.read_text(), (
        "run `python tools/dev/tutorial_page.py`"
    )


def test_every_row_has_code_and_a_test_and_a_figure_that_is_drawn():
    for row in page.ROWS:
        assert row.code and row.tests, row.item
        assert row.figure in ("", *figures.NAMES), row.item


@pytest.mark.parametrize(
    "item",
    ["eq. 4,", "eq. 25", "equilibrium", "eq. 10,", "eq. 13", "eq. 14, 33"]
    + ["eq. 15", "eq. 16 and 17", "figure 14", "figure 16", "figure 19"]
    + ["figure 20", "figure 21", "figure 22", "figure 32", "figure 36"]
    + ["figure 37", "f-GAN", "Wasserstein", "minibatch features"]
    + ["feature matching", "exercise 7.1", "exercise 7.2", "exercise 7.3"],
)
def test_the_page_has_the_row(item):
    rows = [line for line in PAGE.read_text().splitlines() if line[:2] == "| "]
    assert any(item in row for row in rows)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A small checkout with one claim."""
    monkeypatch.setattr(page, "ROWS", (ROW,))
    files = {
        "code.py": "def cost():\n    pass\n",
        "tests/some_test.py": "def test_a_cost():\n    pass\n",
        "docs/images/tutorial/fig16.png": "",
        "results/run.json": '{"evaluations": [{"errors": 1}, {"errors": 93}]}',
        "results/figures.json": """{
            "command": "python tools/dev/figures.py",
            "revision": "0123456789ab",
            "figures": {"fig16": {"head": "Costs", "claims": {"slope":
            {"what": "slope", "measured": -0.49999, "claimed": -0.5}}}}}""",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_row_links_code_test_figure_and_numbers(root):
    text = page.page(root)
    (row,) = [line for line in text.splitlines() if "eq. 1" in line]
    assert row == (
        "| 1 | [eq. 1](#fig16) | A claim \\| with a bar | "
        "[`code.cost`](../code.py) | "
        "[a cost](../tests/some_test.py) | "
        "slope: -0.5 (claimed -0.5)<br>[errors](../results/run.json): 93 |"
    )
    assert "![Costs](images/tutorial/fig16.png)" in text
    assert "revision 012345678," in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": ("code.py::gone",)}, "code.py has no gone"),
        ({"tests": ("gone.py::test",)}, "no gone.py"),
        ({"numbers": ("fig16:gone",)}, "fig16:gone: gone is missing"),
        ({"records": (("x", "run:evaluations:9:errors"),)}, "9 is missing"),
        ({"records": (("x", "gone:a"),)}, "gone.json"),
    ],
)
def test_what_is_gone_is_one_line(change, said, root, monkeypatch):
    row = dataclasses.replace(ROW, **change)
    monkeypatch.setattr(page, "ROWS", (row,))
    with pytest.raises(UserError, match=said) as error:
        page.page(root)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("run", "{", r"run\.json is damaged"),
        ("run", "[1]", r"run\.json is damaged"),
        (
            "run",
            '{"evaluations": [{"errors": "x"}]}',
            r"run\.json is damaged",
        ),
        ("balance_x", "{}", r"balance_x\.json is damaged"),
        ("figures", '{"figures": {}}', r"figures\.json is damaged"),
        (
            "figures",
            '{"figures": {"fig16": {"claims": {"slope": {}}}}}',
            r"figures\.json is damaged",
        ),
        (None, None, r"of records was expected\. Received: .*results"),
    ],
)
def test_a_damaged_record_is_named_and_the_page_stays(name, text, said, root):
    path = root / "docs" / "tutorial.md"
    path.write_text("mine")
    if name:
        (root / "results" / f"{name}.json").write_text(text)
    else:
        (root / "results").rename(root / "elsewhere")
    with pytest.raises(UserError, match=said) as error:
        tutorial_page.main(tutorial_page._parse_flags([f"--root={root}"]))
    assert "\n" not in str(error.value)
    assert path.read_text() == "mine"


def test_a_figure_that_was_not_drawn_is_not_run(root, monkeypatch):
    row = dataclasses.replace(ROW, figure="fig22", numbers=("fig22",))
    monkeypatch.setattr(page, "ROWS", (row,))
    assert "| not run<br>" in page.page(root)


def write_toy(root, name, dataset, steps, **settings):
    record = {
        "command": "python -m recipes.toy --workdir=w",
        "seed": 4,
        "steps": steps[-1],
        "wall_seconds": 60,
        "evaluations": [
            {
                "step": step,
                "seconds": step / 100,
                "eval/modes_captured": step / 10_000,
                "eval/high_quality": 0.5,
                "eval/reverse_kl": 0.25,
            }
            for step in steps
        ],
        "settings": {
            "dataset": dataset,
            "discriminator_steps": 1,
            "ema_decay": 0.0,
            "generator_lr": 1e-4,
            "discriminator_lr": 1e-4,
            **settings,
        },
    }
    (root / "results" / f"{name}.json").write_text(json.dumps(record))


def test_studies_compare_runs_at_one_step(root):
    without = page.page(root)
    for dataset in ("ring", "grid"):
        write_toy(root, f"plain_{dataset}", dataset, [10_000, 20_000, 50_000])
    assert page.page(root) == without
    write_toy(root, "balance_k2", "ring", [10_000], discriminator_steps=2)
    write_toy(root, "minibatch_grid", "grid", [20_000], minibatch_features=True)
    text = page.page(root)
    assert "## Unrolling" not in text
    rows = text.partition("## The balance")[2].splitlines()
    cells = [
        [cell.strip() for cell in row.strip("|").split("|")][:4]
        for row in rows
        if row.startswith("| toy")
    ]
    assert cells == [
        ["toy, ring", "10,000", "[4](../results/plain_ring.json)", "1"],
        ["toy, ring, k = 2", "10,000", "[4](../results/balance_k2.json)", "1"],
        ["toy, grid", "20,000", "[4](../results/plain_grid.json)", "2"],
        [
            "toy, grid, 100 minibatch features, from data",
            "20,000",
            "[4](../results/minibatch_grid.json)",
            "2",
        ],
        ["toy, ring", "20,000", "[4](../results/plain_ring.json)", "2"],
    ]
