"""Recorded representations in docs/results.md."""

from tests import small_records
from tools.dev import results_table


def test_a_record_is_a_row(tmp_path):
    small_records.write(tmp_path / "a.json", "representation")
    (*_, row) = results_table.tables(tmp_path).splitlines()
    assert row == (
        "| [a](../results/a.json) | 1,000 of svhn_cropped | 77.1% ± 0.3 | "
        "50.0% ± 0.3 | 25.0% ± 0.3 |"
    )
