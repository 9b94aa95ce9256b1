"""The table of runs whose samples nothing measured."""

from __future__ import annotations

from tools.dev import markdown

_HEADINGS = (
    "record",
    "command",
    "steps",
    "time",
    "images/s",
    "loss G, D",
    "hardware",
)


def table(records: dict[str, dict]) -> str:
    """The Markdown.

    Args:
        records: by name, of the kind `run`.
    """
    return markdown.table(
        _HEADINGS, (_cells(name, record) for name, record in records.items())
    )


def _cells(name, record):
    metrics, hardware = record["metrics"], record["hardware"]
    settings = record["settings"]
    images_per_step = settings["batch_size"] * settings["discriminator_steps"]
    images = record["steps"] * images_per_step
    return (
        markdown.link(name, record),
        f"`{record['command']}`",
        f"{record['steps']:,}",
        f"{record['wall_seconds']:.0f} s",
        f"{images / record['wall_seconds']:,.0f}",
        f"{metrics['loss/generator']:.2f}, {metrics['loss/discriminator']:.2f}",
        f"{hardware['cores']} cores, {hardware['cpu']}",
    )
