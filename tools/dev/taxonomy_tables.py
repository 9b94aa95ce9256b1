"""The tables of the records of recipes/taxonomy.py."""

from __future__ import annotations

from tfgan_ref.evaluation import taxonomy_table
from tfgan_ref.evaluation.taxonomy import Row


def table(records: dict[str, dict]) -> str:
    """The Markdown: a table for each record, after its name.

    Args:
        records: by name, of the kind `taxonomy`.
    """
    return "".join(
        f"\n[{name}](../results/{name}.json), {_about(record)}:\n\n"
        + taxonomy_table.markdown(_rows(record), _own_nats(record))
        for name, record in records.items()
    )


def _about(record):
    settings = record["settings"]
    return f"{settings['dataset']}, {settings['train_steps']:,} steps each"


def _rows(record):
    return {
        key: {task: Row(**row) for task, row in by_task.items()}
        for key, by_task in record["rows"].items()
    }


def _own_nats(record):
    tasks = next(iter(record["rows"].values()))
    return {task: record.get("own_nats", {}).get(task) for task in tasks}
