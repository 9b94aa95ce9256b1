"""Recorded comparisons of families in docs/results.md."""

from tfgan_ref.evaluation.taxonomy import Row
from tools.dev import taxonomy_tables

TABLE = """
[a](../results/a.json), idx:mnist, 3,000 steps each:

| family | branch | log p(x) | ring: nats | evaluations of a sample | time \
| modes |
| --- | --- | --- | --- | --- | --- | --- |
| VAE | variational: variational autoencoder | a lower bound \
| >= -1.50 | 1 | 1 | 7 |

ring: -1.25 nats of its own law.
"""


def test_a_record_is_a_table():
    row = Row("lower bound", -1.5, 0.1, 1, 2e-6, 5, 1.0, {"modes": 7})
    record = {
        "settings": {"dataset": "idx:mnist", "train_steps": 3000},
        "rows": {"vae": {"ring": vars(row)}},
        "own_nats": {"ring": -1.25},
    }
    assert taxonomy_tables.table({"a": record}) == TABLE
    del record["own_nats"]  # Of an older one.
    expected = TABLE.rpartition("\nring:")[0]
    assert taxonomy_tables.table({"a": record}) == expected
