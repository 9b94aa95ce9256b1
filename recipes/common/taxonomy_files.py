"""The files of a comparison of families."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
from collections.abc import Iterator

import tensorflow as tf

from tfgan_ref import inputs, outputs, recorded
from tfgan_ref.errors import UserError
from tfgan_ref.evaluation import taxonomy_table
from tfgan_ref.models.taxonomy import tree
from tfgan_ref.training.workdir import WorkDir


def is_done(workdir: pathlib.Path, settings: dict[str, object]) -> bool:
    """Whether a comparison of these settings is there; its table is printed.

    Args:
        workdir: of it.
        settings: JSON values; what its record does not tell is not compared.

    Raises:
        UserError: it was one of others, or its record is damaged.
    """
    table, _, record = paths = _paths(workdir)
    if not all(path.is_file() for path in paths):
        return False
    before = recorded.read(record)["settings"]
    for name, value in settings.items():
        if before.get(name, value) != value:
            raise UserError(
                f"{workdir} holds a comparison with {name}={before[name]}. "
                f"Received: {name}={value}. Choose another workdir"
            )
    print("Nothing to do: the comparison is done.")
    _print(inputs.read_text(table), paths)
    return True


@contextlib.contextmanager
def reserved(workdir: pathlib.Path) -> Iterator[None]:
    """Keeps a folder for a comparison that takes some time.

    Args:
        workdir: of it; what it lacks is made.

    Raises:
        UserError: it cannot be written, is in use, or holds another run.
    """
    WorkDir(workdir).check_folder()
    paths = _paths(workdir)
    there = [p for p in (workdir / "config.json", *paths) if p.exists()]
    if there:
        raise UserError(
            f"{there[0]} is there: a comparison does not go on, another "
            "workdir takes a new one"
        )
    outputs.check_writable(*paths)
    with WorkDir(workdir).lock():
        yield


def write(workdir, settings, measured) -> None:
    """Writes the table, the picture and the record, and prints the table.

    Args:
        workdir: `pathlib.Path`.
        settings: dict of JSON values.
        measured: of each family and task its key, the `Task`, the `Row` and
            pictures of samples.
    """
    rows: dict[str, dict] = {}
    pictures: dict[str, list] = {"data": []}
    tasks = {task.name: task for _, task, _, _ in measured}
    for task in tasks.values():
        # As many as there are samples.
        pictures["data"].append(task.draw(task.test[: task.count]))
    for key, task, row, drawn in measured:
        rows.setdefault(key, {})[task.name] = row
        pictures.setdefault(tree.leaf(key).model, []).append(drawn)
    own_nats = {name: task.own_nats for name, task in tasks.items()}
    text = taxonomy_table.markdown(rows, own_nats)
    picture = taxonomy_table.picture(pictures)
    table, png, record = _paths(workdir)
    outputs.write_bytes(png, tf.io.encode_png(picture).numpy())
    outputs.write_text(table, text)
    recorded.write(
        record,
        recorded.circumstances("taxonomy")
        | {
            "settings": settings,
            "own_nats": own_nats,
            "nats": {
                key: {name: row.nats for name, row in by_task.items()}
                for key, by_task in rows.items()
            },
            "rows": {
                key: {
                    name: dataclasses.asdict(row)
                    for name, row in by_task.items()
                }
                for key, by_task in rows.items()
            },
        },
    )
    _print(text, _paths(workdir))


def _print(text, paths):
    print(text, end="")
    for path in paths:
        print(path)


def _paths(workdir):
    names = "taxonomy.md", "taxonomy.png", "taxonomy.json"
    return [workdir / name for name in names]
