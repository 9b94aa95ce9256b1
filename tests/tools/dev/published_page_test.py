"""docs/published.md is what the tool writes, and what the records say."""

import pathlib

import numpy as np
import pytest

from tests import small_records
from tfgan_ref.errors import UserError
from tools.dev import published_page
from tools.dev.published import page
from tools.dev.published.claim import Claim, Number, Row, last

ROOT = pathlib.Path(__file__).resolve().parents[3]
NUMBERS = (Number("", last("errors")), Number("late", "late:eval/b", 100.0))
ROWS = (
    Row("some labels", "run", NUMBERS, "93 ± 6.5", "300 epochs"),
    Row("more labels", "others", NUMBERS, "90", "the same"),
)
CLAIM = Claim("Errors", "A paper, table 1.", ROWS, "They differ.")


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "CLAIMS", (CLAIM,))
    for seed, errors in ((1, 4.0), (2, 9.0), (30, 2.0)):
        small_records.write(
            tmp_path / f"run_seed{seed}.json",
            "run",
            seed=seed,
            steps=6000,
            wall_seconds=60.0 * errors,
            evaluations=[{"step": 6000, "eval/errors": errors}],
            late={"evaluations": 1, "eval/b": errors / 8},
        )
    small_records.write(tmp_path / "run_seed1_of_others.json", "run")
    return tmp_path


def row_of(results, place):
    *_, first, second, _, differs = page.page(results).splitlines()
    assert differs == "They differ."
    return [first, second][place].strip("| ").split(" | ")


def test_a_row_has_the_mean_of_all_seeds_and_what_was_published(results):
    links = ", ".join(
        f"[{seed}](../results/run_seed{seed}.json)" for seed in (1, 2, 30)
    )
    deviation = np.std([4, 9, 2], ddof=1)
    late = np.std([50, 112.5, 25], ddof=1)
    assert row_of(results, 0) == [
        "some labels",
        links,
        "6,000",
        f"5 ± {deviation:.2g}; late 62.5 ± {late:.2g}",
        "5 min",
        "93 ± 6.5",
        "300 epochs",
    ]


def test_a_number_with_a_target_is_how_many_runs_reach_it(results, monkeypatch):
    number = Number("few:", last("errors"), 10.0, target=40.0)
    claim = Claim("Errors", "A paper.", (Row("", "run", (number,), "", ""),))
    monkeypatch.setattr(page, "CLAIMS", (claim,))
    assert " | few: 2 of 3 | " in page.page(results)


def test_an_evaluation_s_seed_is_no_seed_of_a_run(results, monkeypatch):
    small_records.write(results / "judged.json", "likelihood", seed=0)
    row = Row("judged", "judged", (), "", "")
    monkeypatch.setattr(page, "CLAIMS", (Claim("Errors", "A paper.", (row,)),))
    assert "[record](../results/judged.json)" in page.page(results)


def test_an_ensemble_has_the_steps_of_its_members(results, monkeypatch):
    steps = {"runs/a/export/3000": 3000, "runs/b/export/3000": 3000}
    small_records.write(
        results / "together.json", "ensemble", steps=steps, ensemble=7
    )
    row = Row("3", "together", (Number("", "ensemble"),), "", "")
    monkeypatch.setattr(page, "CLAIMS", (Claim("Errors", "A paper.", (row,)),))
    cells = "[record](../results/together.json) | 3,000 | 7 |"
    assert cells in page.page(results)


def test_what_nobody_ran_says_so(results):
    expected = ["more labels", *["not run"] * 4, "90", "the same"]
    assert row_of(results, 1) == expected


def test_one_seed_has_no_deviation_and_names_that_of_its_labels(results):
    small_records.write(
        results / "others.json",
        "run",
        settings={"label_seed": 7},
        evaluations=[{"step": 6000, "eval/errors": 3.0}],
        late={"evaluations": 1, "eval/b": 0.5},
    )
    assert row_of(results, 1)[1:4] == [
        "[7](../results/others.json)",
        "9",
        "3; late 50",
    ]


@pytest.mark.parametrize(
    ("label_seeds", "told"), [((4, 4), ("1", "2")), ((4, 5), ("4", "5"))]
)
def test_runs_are_told_by_the_seed_that_differs(results, label_seeds, told):
    for seed, of_labels in enumerate(label_seeds, 1):
        small_records.write(
            results / f"others_seed{seed}.json",
            "run",
            seed=seed,
            settings={"label_seed": of_labels},
            evaluations=[{"step": 6000, "eval/errors": 3.0}],
            late={"evaluations": 1, "eval/b": 0.5},
        )
    one, two = told
    assert row_of(results, 1)[1] == (
        f"[{one}](../results/others_seed1.json), "
        f"[{two}](../results/others_seed2.json)"
    )


def test_a_number_that_is_not_there_is_one_line(results):
    small_records.write(results / "others.json", "run")
    with pytest.raises(UserError, match=r"others\.json has no evaluations:-1"):
        page.page(results)


def test_the_page_is_what_the_tool_writes(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "results").symlink_to(ROOT / "results")
    flags = published_page._parse_flags([f"--root={tmp_path}"])
    published_page.main(flags)
    written = (tmp_path / "docs" / "published.md").read_text()
    assert written == (ROOT / "docs" / "published.md").read_text(), (
        "run `python tools/dev/published_page.py`"
    )


def test_every_set_up_is_named():
    for claim in page.CLAIMS:
        assert "](https://" in claim.source
        for row in claim.rows:
            assert row.numbers and row.setup, row.what
            assert "not run" not in row.published
