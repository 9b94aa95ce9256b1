"""Recorded errors of nearest neighbours in docs/results.md."""

import pytest

from tests import small_records
from tools.dev import neighbour_tables, results_table


def test_a_record_is_a_row_beside_the_paper_s(tmp_path):
    small_records.write(tmp_path / "a.json", "neighbours")
    (*_, row) = results_table.tables(tmp_path).splitlines()
    assert row == (
        "| [a](../results/a.json) | 10,000 of mnist | 50,000 | 4.11% ± 0.20 "
        "| 40,000 | 3.25% ± 0.18 | 2.98%, 6.28%, 3.1% |"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"dataset": "fashion_mnist"},
        {"dataset": "idx:x/fashion-mnist"},
        {"counts": {"samples": 2000, "real": 40000, "test": 10000}},
    ],
    ids=str,
)
def test_another_experiment_has_no_paper_beside_it(other):
    record = small_records.of_kind("neighbours", **other)
    row = neighbour_tables.table({"a": record}).splitlines()[-1]
    assert row.endswith(" 3.25% ± 0.18 |  |")
