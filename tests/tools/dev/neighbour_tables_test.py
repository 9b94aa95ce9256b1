"""Recorded errors of nearest neighbours in docs/results.md."""

from tests import small_records
from tools.dev import results_table


def test_a_record_is_a_row(tmp_path):
    small_records.write(tmp_path / "a.json", "neighbours")
    (*_, row) = results_table.tables(tmp_path).splitlines()
    assert row == (
        "| [a](../results/a.json) | 10,000 of mnist | 50,000 | 4.11% ± 0.20 "
        "| 40,000 | 3.25% ± 0.18 |"
    )
