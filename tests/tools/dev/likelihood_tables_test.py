"""Recorded likelihoods in docs/results.md."""

from tests import small_records
from tools.dev import results_table


def test_a_record_is_a_row(tmp_path):
    small_records.write(tmp_path / "a.json", "likelihood")
    (*_, row) = results_table.tables(tmp_path).splitlines()
    assert row == (
        "| [a](../results/a.json) | 20 of test | 0.025 | 1000, 16 | 321.1 ± 7 "
        "| 0.8 | 250.1 ± 3 |"
    )
