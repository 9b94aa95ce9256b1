"""Recorded likelihoods in docs/results.md."""

import pytest

from tests import small_records
from tools.dev import likelihood_tables, results_table


def test_a_record_is_a_row_beside_the_paper_s(tmp_path):
    small_records.write(tmp_path / "a.json", "likelihood")
    (*_, row) = results_table.tables(tmp_path).splitlines()
    assert row == (
        "| [a](../results/a.json) | 20 of test | 0.025 | 1000, 16 | 321.1 ± 7 "
        "| 0.8 | 250.1 ± 3 | 328.8 ± 5.5, .9, 259.7 |"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "fashion_mnist"},
        {"dataset": "emoji"},
        {"variance": 0.03},
        {"prior": "Uniform(dim=10, low=-1.0, high=1.0)"},
    ],
    ids=str,
)
def test_another_experiment_has_no_paper_beside_it(other):
    record = small_records.of_kind("likelihood", **other)
    row = likelihood_tables.table({"a": record}).splitlines()[-1]
    assert row.endswith(" 250.1 ± 3 |  |")
