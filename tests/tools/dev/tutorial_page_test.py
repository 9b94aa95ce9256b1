"""docs/tutorial.md: what it names exists, and it is what the tool writes."""

import dataclasses
import pathlib
import re
import types

import pytest

from tests import small_records
from tfgan_ref import recorded
from tfgan_ref.errors import UserError
from tools.dev import tutorial_page
from tools.dev.tutorial import page, sections
from tools.dev.tutorial.row import Row
from tools.dev.tutorial_claims import every

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "tutorial.md"
ROW = Row(
    "1",
    "eq. 1",
    "A claim | with a bar",
    ("code.py::cost",),
    ("tests/some_test.py::test_a_cost",),
    ("slope",),
    (("errors", "run:evaluations:-1:eval/errors"),),
    "but not so",
)
ROWS = [row for module in every.MODULES.values() for row in module.ROWS]


def name_of(reference):
    path, _, name = reference.partition("::")
    text = (ROOT / path).read_text()
    return re.search(rf"^(def|class) {name}\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    "reference",
    sorted({r for row in ROWS for r in row.code + row.tests}),
)
def test_every_function_and_test_that_is_named_exists(reference):
    assert name_of(reference), f"{reference}: mend tools/dev/tutorial_claims/"


def test_the_page_is_what_the_tool_writes():
    assert page.page(ROOT) == PAGE.read_text(), (
        "run `python tools/dev/tutorial_page.py`"
    )


def test_every_row_has_code_and_a_test():
    for row in ROWS:
        assert row.code and row.tests, row.item
        # A sentence's end is the page's.
        assert row.says[-1] != "." and row.against[-1:] != ".", row.item


def numbers_of(texts, word, most):
    """The numbers behind a word: `figures 1 to 3`, `eq. 8, 18 and 23 to 25`."""
    found = []
    for text in texts:
        for run in re.findall(rf"{word}s? ((?:\d+(?:, | and | to )?)+)", text):
            for part in re.split(", | and ", run):
                ends = [int(end) for end in part.split(" to ") if end]
                found += range(ends[0], ends[-1] + 1) if ends else []
    assert not found or max(found) <= most
    return found


def test_the_map_has_every_section_figure_and_equation_once():
    """Goodfellow (2016): 37 figures, 34 equations, these sections."""
    numbers = [section.number for section in sections.SECTIONS]
    assert numbers == (
        ["1", "2.1", "2.2", "2.3.1", "2.3.2", "2.4", "2.5", "3.1"]
        + [f"3.2.{k}" for k in range(1, 7)]
        + ["3.3", "3.4", "4.1", "4.2", "4.3", "4.4", "5.1", "5.1.1", "5.1.2"]
        + ["5.2", "5.3", "5.4", "5.5", "5.6", "6", "7.1", "7.2", "7.3"]
        + ["8.1", "8.2", "8.3", "9"]
    )
    figures = [n for s in sections.SECTIONS for n in s.figures]
    equations = [n for s in sections.SECTIONS for n in s.equations]
    assert sorted(figures) == list(range(1, 38))
    assert sorted(equations) == list(range(1, 35))
    kinds = sections.ROWS, sections.NOT_YET, sections.NONE
    assert all(s.here.startswith(kinds) for s in sections.SECTIONS)


def test_all_that_can_be_computed_was():
    assert "not run" not in PAGE.read_text(), "run tools/dev/figures.py"


def test_what_the_map_says_to_be_above_is_above():
    places = [place for row in ROWS for place in row.where.split(", ")]
    for section in sections.SECTIONS:
        is_above = section.number in places
        assert is_above == section.here.startswith(sections.ROWS), section


def test_the_rows_have_the_figures_and_equations_that_the_map_promises():
    items = [row.item for row in ROWS if row.where[0].isdigit()]
    above = [s for s in sections.SECTIONS if s.here == sections.ROWS]
    figures = numbers_of(items, "figure", 37)
    equations = numbers_of(items, "eq.", 34)
    for section in above:
        assert set(section.figures) <= set(figures), section
        assert set(section.equations) <= set(equations), section


def test_claimed_is_said_of_the_tutorial_alone_with_its_section():
    text = PAGE.read_text().partition("revision")[2]
    # Two digits behind a colon would be a number without its section.
    assert re.findall(r"claimed in \d[\d.]*: ", text)
    assert not re.findall(r"claimed(?! in \d)", text)
    others = text[text.index("### Nowozin") : text.index("\n## ")]
    assert "claimed" not in others


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A small checkout with one claim."""
    fake = types.SimpleNamespace(ROWS=(ROW,), compute=None, draw=None)
    monkeypatch.setattr(every, "MODULES", {"fig16": fake})
    files = {
        "code.py": "def cost():\n    pass\n",
        "tests/some_test.py": "def test_a_cost():\n    pass\n",
        "docs/images/tutorial/fig16.png": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    results = tmp_path / "results"
    evaluations = [{"step": k, "eval/errors": 31 * k} for k in (1, 3)]
    small_records.write(results / "run.json", "run", evaluations=evaluations)
    slope = {"what": "|slope|", "measured": -0.49999, "expected": -0.5}
    numbers = {"slope": slope | {"by": "hand"}}
    figures = {"fig16": {"head": "Costs", "numbers": numbers}}
    small_records.write(results / "figures.json", "figures", figures=figures)
    return tmp_path


def test_a_row_links_code_test_figure_and_numbers(root):
    text = page.page(root)
    start = text.index('<a id="fig16"></a>')
    block = text[start : text.index("\n## ")]
    assert (
        block
        == """\
<a id="fig16"></a>

### 1: eq. 1

A claim | with a bar.

- measured: |slope|: -0.5 (hand: -0.5); [errors](../results/run.json): 93
- against: but not so
- code: [`code.cost`](../code.py)
- tests: [a cost](../tests/some_test.py)

![Costs](images/tutorial/fig16.png)
"""
    )
    assert "revision 012345678," in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": ("code.py::gone",)}, "code.py has no gone"),
        ({"tests": ("gone.py::test",)}, "no gone.py"),
        ({"numbers": ("gone",)}, "figures:fig16:gone: gone is missing"),
        ({"records": (("x", "run:evaluations:9:step"),)}, "9 is missing"),
        ({"records": (("x", "run:command"),)}, "run.json is damaged"),
        ({"records": (("x", "gone:a"),)}, "gone.json"),
    ],
)
def test_what_is_gone_is_one_line(change, said, root, monkeypatch):
    row = dataclasses.replace(ROW, **change)
    monkeypatch.setattr(every.MODULES["fig16"], "ROWS", (row,))
    with pytest.raises(UserError, match=said) as error:
        page.page(root)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("run", "{", r"run\.json is damaged"),
        ("balance_x", None, r"balance_x\.json is damaged"),
        ("details/figures", '{"figures": {"a": 1}}', r"figures\.a: an object"),
        (None, None, r"of records was expected\. Received: .*results"),
    ],
)
def test_a_damaged_record_is_named_and_the_page_stays(name, text, said, root):
    path = root / "docs" / "tutorial.md"
    path.write_text("mine")
    if text:
        (root / "results" / f"{name}.json").write_text(text)
    elif name:
        small_records.write(root / "results" / f"{name}.json", "run")
    else:
        (root / "results").rename(root / "elsewhere")
    with pytest.raises(UserError, match=said) as error:
        tutorial_page.main(tutorial_page._parse_flags([f"--root={root}"]))
    assert "\n" not in str(error.value)
    assert path.read_text() == "mine"


def test_a_claim_that_was_not_computed_is_not_run(root):
    path = root / "results" / "figures.json"
    record = recorded.read(path)
    record["figures"] = {"fig14": record["figures"]["fig16"]}
    recorded.write(path, record | {"dirty": True})
    text = page.page(root)
    assert "revision 012345678 with uncommitted changes, and of" in text
    assert "- measured: not run; [errors]" in text
    assert "![" not in text


def test_a_picture_that_is_gone_is_one_line(root):
    (root / "docs" / "images" / "tutorial" / "fig16.png").unlink()
    with pytest.raises(UserError, match="no docs/images/tutorial/fig16.png"):
        page.page(root)


def write_toy(root, name, dataset, steps, **settings):
    record = {
        "command": "python -m recipes.toy --workdir=w",
        "steps": steps[-1],
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
    small_records.write(root / "results" / f"{name}.json", "run", **record)


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
