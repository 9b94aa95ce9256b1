"""Recorded representations in docs/results.md."""

import pytest

from tests import small_records
from tools.dev import representation_tables, results_table


def test_a_record_is_a_row_beside_the_paper_s(tmp_path):
    small_records.write(tmp_path / "a.json", "representation")
    (*_, row) = results_table.tables(tmp_path).splitlines()
    assert row == (
        "| [a](../results/a.json) | 1,000 of svhn_cropped | 77.1% ± 0.3 | "
        "50.0% ± 0.3 | 25.0% ± 0.3 | 77.5% |"
    )


@pytest.mark.parametrize(
    ("other", "published"),
    [
        (
            {
                "dataset": "cifar10",
                "counts": {"train": 50000, "test": 10000},
            },
            "82.8%, of ImageNet",
        ),
        ({"counts": {"train": 2000, "test": 26032}}, ""),
        ({"dataset": "idx:.data/mnist"}, ""),
    ],
    ids=str,
)
def test_the_paper_is_beside_its_own_experiments_alone(other, published):
    record = small_records.of_kind("representation", **other)
    row = representation_tables.table({"a": record}).splitlines()[-1]
    assert row.endswith(f"25.0% ± 0.3 | {published} |")
